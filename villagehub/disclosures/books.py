"""Whose books a disclosure belongs to, and which posts of the village have a say in them (decision 16)."""

from collections.abc import Collection

from villagehub.accounts.actor import Actor
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import TABLE, InPlaces, Permission, PermissionTable, covers, why_not
from villagehub.kernel.refused import Refused


def entities_over(entity: str) -> tuple[str, ...]:
    """The entities whose posts act on these books: a group's books are also the village committee's to review."""
    return ("group", "committee") if entity == "group" else (entity,)


def why_not_books(
    actor: Actor | None,
    permission: Permission,
    village: InPlaces,
    entity: str,
    *,
    exact: Collection[Role] = (),
    table: PermissionTable = TABLE,
) -> Refused | None:
    """None when a post of the person allows this on the books of the entity; a post without an entity, as the township's,
    counts for all of them, but for roles in ``exact``.
    """
    refused = [
        why_not(actor, permission, village, entity=one, exact=exact, table=table) for one in entities_over(entity)
    ]
    return refused[0] if all(refused) else None


def post_over(actor: Actor, permission: Permission, village: InPlaces, entity: str) -> Role:
    """The post by which the person may do this to the books of the entity; raises NeedsSignIn, NotFound, NotAllowed."""
    refusal = why_not_books(actor, permission, village, entity)
    if refusal:
        raise refusal
    wanted = ("", *entities_over(entity))
    return next(
        one.role
        for one in actor.appointments
        if one.role in TABLE[permission] and covers(one, village) and one.entity in wanted
    )
