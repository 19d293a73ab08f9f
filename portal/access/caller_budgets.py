"""From which budgets a caller's requests are paid."""

from portal.access.principal import Kind, Principal
from portal.limits.budgets import ADDRESS_POINTS, KEY_POINTS, ORGANIZATION_POINTS, PERSON_POINTS, Budget, neighbourhood


def budgets_of(principal: Principal) -> list[Budget]:
    """Returns a key's own budget and its organization's, a person's, or that of an anonymous caller's address."""
    if principal.kind is Kind.KEY:
        of_key, of_all = principal.points or KEY_POINTS, principal.organization_points or ORGANIZATION_POINTS
        return [Budget("key", f"key {principal.id}", of_key), Budget("organization", f"organization {principal.organization_id}", of_all)]
    if principal.kind is Kind.ANONYMOUS:
        return [Budget("address", f"address {neighbourhood(principal.address)}", ADDRESS_POINTS)]
    return [Budget("person", f"person {principal.id}", PERSON_POINTS)]
