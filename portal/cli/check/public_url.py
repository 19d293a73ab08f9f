"""The address that people use, and the proxies in front of the portal."""

from collections.abc import Iterator

from portal.settings import Settings


def about_public_url(settings: Settings) -> Iterator[str]:
    if settings.production and not settings.https:
        yield f"PORTAL_PUBLIC_URL is {settings.public_url}, which only this machine opens. Set it to the https:// address that people use."
    if settings.https and not settings.proxy_hops:
        yield (
            "PORTAL_PROXY_HOPS is 0, but https needs a proxy in front, so that all callers seem to come from its address. "
            "Set it to the number of your proxies, as a rule 1."
        )
