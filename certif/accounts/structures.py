"""What a structure is made of: its team, its sites and its services; who may change them, and how."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from certif.accounts.models import Membership, Role, Service, Site, Structure, User

ALREADY_THERE = "Vous êtes déjà responsable d’une structure de ce nom."
LAST_OWNER = "C’est la seule personne responsable de la structure : nommez d’abord une autre personne responsable."
SITE_NAME_TAKEN = "Un site de la structure porte déjà ce nom."
SERVICE_NAME_TAKEN = "Un dispositif de ce site porte déjà ce nom."
SITE_IN_USE = "Ce site ne peut pas être supprimé : un de ses dispositifs sert dans un dossier."
SERVICE_IN_USE = "Ce dispositif sert dans un dossier : indiquez plutôt la date à laquelle il s’arrête."


def can_manage(structure: Structure) -> bool:
    """Invite, change roles, describe the structure; `member_role` comes from `Structure.objects.visible_to`."""
    return structure.member_role == Role.OWNER


@transaction.atomic
def create(structure: Structure, *, by: User) -> Structure:
    """Stores a new structure, owned by the person. A form sent twice makes one structure."""
    User.objects.select_for_update().get(pk=by.pk)
    if Structure.objects.filter(name=structure.name, memberships__user=by, memberships__role=Role.OWNER).exists():
        raise ValidationError({"name": ALREADY_THERE})
    structure.save()
    Membership.objects.create(structure=structure, user=by, role=Role.OWNER)
    return structure


# --- Team -------------------------------------------------------------------------------------


@transaction.atomic
def change_role(member: Membership, role: str) -> None:
    """Raises ValidationError when the structure would be left without an owner."""
    if role != Role.OWNER:
        _keep_an_owner(member)
        _withdraw_invitations(member)
    Membership.objects.filter(pk=member.pk).update(role=role)


@transaction.atomic
def remove(member: Membership) -> None:
    """Ends an access, with the invitations the person sent or could still accept."""
    _keep_an_owner(member)
    _withdraw_invitations(member)
    Membership.objects.filter(pk=member.pk).delete()


def _keep_an_owner(member: Membership) -> None:
    # The lock makes two owners who leave at the same moment take turns.
    Structure.objects.select_for_update().only("pk").get(pk=member.structure_id)
    owners = Membership.objects.filter(structure=member.structure_id, role=Role.OWNER)
    if set(owners.values_list("pk", flat=True)) == {member.pk}:
        raise ValidationError(LAST_OWNER)


def _withdraw_invitations(member: Membership) -> None:
    """An invitation must not outlive the right to send it, nor reopen the door to who has just left."""
    member.structure.invitations.pending().filter(
        Q(created_by=member.user) | Q(email__iexact=member.user.email)
    ).update(revoked_at=timezone.now())


# --- Sites and services -----------------------------------------------------------------------


def save_site(site: Site) -> Site:
    return _save(site, SITE_NAME_TAKEN)


def save_service(service: Service) -> Service:
    return _save(service, SERVICE_NAME_TAKEN)


def _save(row: models.Model, taken: str):
    """The database has the last word on names, so that two people saving at once get a sentence and not a failure."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError({"name": taken}) from error
    return row


@transaction.atomic
def delete_site(site: Site) -> None:
    """Deletes the site with its services; raises ValidationError when one of them is used in a dossier."""
    if any(is_used(service) for service in site.services.all()):
        raise ValidationError(SITE_IN_USE)
    site.delete()


@transaction.atomic
def delete_service(service: Service) -> None:
    if is_used(service):
        raise ValidationError(SERVICE_IN_USE)
    service.delete()


def is_used(service: Service) -> bool:
    """Whether any other row points at the service, whichever app it belongs to."""
    pointers = (
        relation
        for relation in Service._meta.get_fields(include_hidden=True)
        if relation.auto_created and (relation.one_to_many or relation.one_to_one)
    )
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: service}).exists() for relation in pointers
    )
