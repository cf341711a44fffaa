"""Addresses of people and structures, those of allauth included, in French."""

from allauth.account import views as entrance
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path, re_path

from certif.accounts.views import (
    access,
    account,
    invitations,
    joining,
    network_people,
    networks,
    places,
    structures,
    team,
)

second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("continuer/", access.second_factor_done, name="mfa_done"),
    path("application/activer/", access.application_add, name="mfa_activate_totp"),
    path("application/desactiver/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/nouveaux/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes/telecharger/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("cles/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("cles/ajouter/", access.key_add, name="mfa_add_webauthn"),
    path("cles/confirmer/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("cles/<int:pk>/renommer/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("cles/<int:pk>/retirer/", access.key_remove, name="mfa_remove_webauthn"),
]

my_account = [
    path("", account.account, name="account"),
    path("adresse/", entrance.email, name="account_email"),
    path("mot-de-passe/", entrance.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", entrance.password_set, name="account_set_password"),
    path("confirmer/", entrance.reauthenticate, name="account_reauthenticate"),
    path("double-authentification/", include(second_factor)),
    path("sessions/", access.session_list, name="session_list"),
    path("sessions/fermer/", access.session_end_others, name="session_end_others"),
    path("sessions/<int:pk>/fermer/", access.session_end, name="session_end"),
]

one_structure = [
    path("", structures.structure_detail, name="structure_detail"),
    path("modifier/", structures.structure_edit, name="structure_edit"),
    path("logo.png", structures.structure_logo, name="structure_logo"),
    path("logo/", structures.structure_logo_save, name="structure_logo_save"),
    path("logo/retirer/", structures.structure_logo_delete, name="structure_logo_delete"),
    path("invitations/", team.invitation_send, name="invitation_send"),
    path("invitations/<int:invitation>/annuler/", team.invitation_revoke, name="invitation_revoke"),
    path("equipe/<int:member>/role/", team.member_role, name="member_role"),
    path("equipe/<int:member>/retirer/", team.member_remove, name="member_remove"),
    path("sites/", places.site_add, name="site_add"),
    path("sites/<int:site>/", places.site_edit, name="site_edit"),
    path("sites/<int:site>/supprimer/", places.site_delete, name="site_delete"),
    path("sites/<int:site>/dispositifs/", places.service_add, name="service_add"),
    path("dispositifs/<int:service>/", places.service_edit, name="service_edit"),
    path("dispositifs/<int:service>/supprimer/", places.service_delete, name="service_delete"),
    path("reseaux/", joining.join_ask, name="join_ask"),
    path("reseaux/demandes/<int:join_request>/retirer/", joining.join_withdraw, name="join_withdraw"),
    path("reseaux/<int:affiliation>/quitter/", joining.network_leave, name="network_leave"),
]

one_network = [
    path("equipe/", networks.network_team, name="network_team"),
    path("reglages/", networks.network_edit, name="network_edit"),
    path("invitations/", network_people.network_invite, name="network_invite"),
    path(
        "invitations/<int:invitation>/annuler/",
        network_people.network_invitation_revoke,
        name="network_invitation_revoke",
    ),
    path("equipe/<int:member>/role/", network_people.network_member_role, name="network_member_role"),
    path("equipe/<int:member>/retirer/", network_people.network_member_remove, name="network_member_remove"),
    path("structures/<int:affiliation>/retirer/", network_people.network_structure_end, name="network_structure_end"),
    path("demandes/<int:join_request>/accepter/", network_people.network_request_accept, name="network_request_accept"),
    path("demandes/<int:join_request>/decliner/", network_people.network_request_decline, name="network_request_decline"),
]

urlpatterns = [
    path("connexion/", entrance.login, name="account_login"),
    path("connexion/code/", mfa.authenticate, name="mfa_authenticate"),
    path("connexion/cle/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("connexion/desactive/", entrance.account_inactive, name="account_inactive"),
    path("deconnexion/", entrance.logout, name="account_logout"),
    path("inscription/", entrance.signup, name="account_signup"),
    path("inscription/confirmation/", entrance.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^inscription/confirmation/(?P<key>[-:\w]+)/$", entrance.confirm_email, name="account_confirm_email"),
    path("mot-de-passe/", entrance.password_reset, name="account_reset_password"),
    path("mot-de-passe/envoye/", entrance.password_reset_done, name="account_reset_password_done"),
    path("mot-de-passe/change/", entrance.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^mot-de-passe/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        entrance.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("mon-compte/", include(my_account)),
    path("structures/", structures.structure_list, name="structure_list"),
    path("structures/nouvelle/", structures.structure_create, name="structure_create"),
    path("structures/<int:pk>/", include(one_structure)),
    path("reseaux/", networks.network_list, name="network_list"),
    path("reseaux/<int:pk>/", include(one_network)),
    path("invitations/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
    path("invitations/<str:token>/redemander/", invitations.invitation_ask, name="invitation_ask"),
]
