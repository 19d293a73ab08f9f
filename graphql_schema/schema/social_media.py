"""SocialMedia, the one object that is stored inside a column; filters and record types show it."""

import strawberry


@strawberry.type(description="An account or page elsewhere. Needs no scope.")
class SocialMedia:
    """PeeringDB's social_media entry."""

    service: str = strawberry.field(
        description="The kind of service, as website or mastodon. PeeringDB: social_media.service. Needs no scope."
    )
    identifier: str = strawberry.field(description="The account or address there. PeeringDB: social_media.identifier. Needs no scope.")
