"""Finds the structure or the network a page is about, or refuses: 404 to a stranger, 403 to a member without the right."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from certif.accounts import networks, structures
from certif.accounts.models import Network, Structure


def get_structure(request: HttpRequest, pk: int, *, manage: bool = False) -> Structure:
    structure = get_object_or_404(Structure.objects.visible_to(request.user), pk=pk)
    if manage and not structures.can_manage(structure):
        raise PermissionDenied
    return structure


def get_network(request: HttpRequest, pk: int, *, coordinate: bool = False) -> Network:
    network = get_object_or_404(Network.objects.visible_to(request.user), pk=pk)
    if coordinate and not networks.can_coordinate(network):
        raise PermissionDenied
    return network
