"""Every address of a dossier, one block per screen, in alphabetical order of screens."""

from django.urls import path

from assessments.views import (
    action,
    answer_history,
    assessment_create,
    assessment_list,
    calendar_feed,
    campaigns,
    close,
    conflict,
    criterion,
    criterion_live,
    criterion_margin,
    criterion_threads,
    dashboard,
    documents,
    edition_change,
    evidence_add,
    evidence_detail,
    evidence_file,
    evidence_list,
    evidence_preview,
    evidence_use,
    expected,
    grid,
    journal,
    mapping_impact,
    network_figures,
    notifications,
    official,
    portfolio,
    registers,
    review,
    review_conflict,
    review_criterion,
    review_live,
    review_request,
    review_steps,
    roadmap,
    scope,
    sharing,
    stock_remarks,
    submit,
    synthesis,
    verify,
    why,
)

urlpatterns = [
    # action
    path("dossiers/<int:pk>/actions/nouvelle/", action.action_create, name="action_create"),
    path("actions/<int:pk>/", action.action_edit, name="action_edit"),
    path("actions/<int:pk>/etat/", action.action_move, name="action_move"),
    path("actions/<int:pk>/suppression/", action.action_delete, name="action_delete"),
    # assessment
    path("dossiers/", assessment_list.assessment_list, name="assessment_list"),
    path("structures/<int:pk>/dossiers/nouveau/", assessment_create.assessment_create, name="assessment_create"),
    # calendar
    path("calendrier/<str:token>.ics", calendar_feed.calendar_feed, name="calendar_feed"),
    path("mon-compte/calendrier/", calendar_feed.calendar_create, name="calendar_create"),
    path("mon-compte/calendrier/retrait/", calendar_feed.calendar_revoke, name="calendar_revoke"),
    # campaigns
    path("reseaux/<int:pk>/campagnes/", campaigns.campaign_list, name="campaign_list"),
    path("reseaux/<int:pk>/campagnes/nouvelle/", campaigns.campaign_create, name="campaign_create"),
    path("reseaux/<int:pk>/campagnes/<int:campaign>/", campaigns.campaign_detail, name="campaign_detail"),
    path("reseaux/<int:pk>/campagnes/<int:campaign>/rappel/", campaigns.campaign_remind, name="campaign_remind"),
    path("reseaux/<int:pk>/campagnes/<int:campaign>/fin/", campaigns.campaign_close, name="campaign_close"),
    path("campagnes/<int:pk>/reponse/", campaigns.campaign_answer, name="campaign_answer"),
    # close
    path("dossiers/<int:pk>/cloture/", close.close, name="close"),
    path("dossiers/<int:pk>/reouverture/", close.reopen, name="reopen"),
    # conflict
    path("dossiers/<int:pk>/criteres/<str:code>/conflits/<int:version>/", conflict.conflict, name="conflict"),
    # criterion
    path("dossiers/<int:pk>/criteres/<str:code>/", criterion.criterion, name="criterion"),
    path("dossiers/<int:pk>/criteres/<str:code>/attribution/", criterion_margin.criterion_assign, name="criterion_assign"),
    path("dossiers/<int:pk>/criteres/<str:code>/direct/", criterion_live.criterion_live, name="criterion_live"),
    path("dossiers/<int:pk>/criteres/<str:code>/historique/", answer_history.answer_history, name="answer_history"),
    # criterion_threads
    path("dossiers/<int:pk>/criteres/<str:code>/fils/", criterion_threads.criterion_threads, name="criterion_threads"),
    path("dossiers/<int:pk>/criteres/<str:code>/fils/lus/", criterion_threads.threads_read, name="threads_read"),
    path("dossiers/<int:pk>/criteres/<str:code>/fils/<int:thread>/", criterion_threads.thread_reply, name="thread_reply"),
    path("dossiers/<int:pk>/criteres/<str:code>/fils/<int:thread>/regle/", criterion_threads.thread_settle, name="thread_settle"),
    path("dossiers/<int:pk>/criteres/<str:code>/fils/<int:thread>/rouvert/", criterion_threads.thread_reopen, name="thread_reopen"),
    # dashboard
    path("dossiers/<int:pk>/", dashboard.dashboard, name="dashboard"),
    # documents
    path("dossiers/<int:pk>/documents/", documents.documents, name="documents"),
    path("documents/<int:pk>/etat/", documents.document_state, name="document_state"),
    path("documents/<int:pk>/fichier/", documents.document_file, name="document_file"),
    # edition
    path("dossiers/<int:pk>/changement-edition/", edition_change.edition_change, name="edition_change"),
    path("dossiers/<int:pk>/changement-edition/apercu/", edition_change.edition_preview, name="edition_preview"),
    path("dossiers/<int:pk>/changement-edition/application/", edition_change.edition_apply, name="edition_apply"),
    path("dossiers/<int:pk>/changement-edition/annulation/", edition_change.edition_undo, name="edition_undo"),
    path("dossiers/<int:pk>/historique-edition/", edition_change.edition_history, name="edition_history"),
    path("referentiel/correspondances/<int:pk>/incidence/", mapping_impact.mapping_impact, name="mapping_impact"),
    # evidence
    path("dossiers/<int:pk>/preuves/", evidence_list.evidence_list, name="evidence_list"),
    path("dossiers/<int:pk>/preuves/ajout/", evidence_add.evidence_add, name="evidence_add"),
    path("preuves/<int:pk>/", evidence_detail.evidence_detail, name="evidence_detail"),
    path("preuves/<int:pk>/fichier/", evidence_file.evidence_file, name="evidence_file"),
    path("preuves/<int:pk>/apercu/", evidence_preview.evidence_preview, name="evidence_preview"),
    path("preuves/<int:pk>/apercu/<int:page>.png", evidence_preview.evidence_image, name="evidence_image"),
    path("preuves/<int:pk>/remplacement/", evidence_detail.evidence_replace, name="evidence_replace"),
    path("preuves/<int:pk>/suppression/", evidence_detail.evidence_delete, name="evidence_delete"),
    path("preuves/usages/<int:pk>/", evidence_use.evidence_use_edit, name="evidence_use_edit"),
    path("preuves/usages/<int:pk>/retrait/", evidence_use.evidence_use_delete, name="evidence_use_delete"),
    # expected
    path("demandes/<int:pk>/faite/", expected.expectation_answer, name="expectation_answer"),
    path("demandes/<int:pk>/reprise/", expected.expectation_take_back, name="expectation_take_back"),
    # grid
    path("dossiers/<int:pk>/grille/", grid.grid, name="grid"),
    # journal
    path("dossiers/<int:pk>/journal/", journal.journal, name="journal"),
    path("structures/<int:pk>/journal/", journal.structure_journal, name="structure_journal"),
    path("reseaux/<int:pk>/journal/", journal.network_journal, name="network_journal"),
    # network_figures
    path("reseaux/<int:pk>/ensemble/", network_figures.network_figures, name="network_figures"),
    path("dossiers/<int:pk>/reperes/", network_figures.landmarks, name="landmarks"),
    # official
    path("dossiers/<int:pk>/criteres/<str:code>/texte-officiel/", official.criterion_official, name="criterion_official"),
    path("structures/<int:pk>/textes-officiels/", official.official_texts, name="official_texts"),
    path("structures/<int:pk>/textes-officiels/<uuid:key>/", official.official_text, name="official_text"),
    path("reseaux/<int:pk>/textes-officiels/", official.network_official_texts, name="network_official_texts"),
    path("reseaux/<int:pk>/textes-officiels/<uuid:key>/", official.network_official_text, name="network_official_text"),
    # portfolio
    path("reseaux/<int:pk>/portefeuille/", portfolio.portfolio, name="portfolio"),
    path("reseaux/<int:pk>/portefeuille/export/", portfolio.portfolio_export, name="portfolio_export"),
    path("reseaux/<int:pk>/portefeuille/vues/", portfolio.saved_view_create, name="saved_view_create"),
    path("reseaux/<int:pk>/portefeuille/vues/<int:view>/suppression/", portfolio.saved_view_delete, name="saved_view_delete"),
    # notifications
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/lues/", notifications.notifications_read, name="notifications_read"),
    path("notifications/<int:pk>/", notifications.notification_open, name="notification_open"),
    path("notifications/<int:pk>/lue/", notifications.notification_read, name="notification_read"),
    path("mon-compte/notifications/", notifications.notification_preferences, name="notification_preferences"),
    path("desabonnement/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
    # registers
    path("dossiers/<int:pk>/registres/", registers.register_list, name="registers"),
    path("dossiers/<int:pk>/registres/<str:code>/", registers.register_detail, name="register_detail"),
    path("dossiers/<int:pk>/registres/<str:code>/retrait/", registers.register_withdraw, name="register_withdraw"),
    path(
        "dossiers/<int:pk>/registres/<str:code>/preuves/<int:piece>/retrait/",
        registers.register_evidence_remove,
        name="register_evidence_remove",
    ),
    # review
    path("dossiers/<int:pk>/relecture/", review.review, name="review"),
    path("dossiers/<int:pk>/relecture/renvoi/", review_steps.send_back, name="send_back"),
    path("dossiers/<int:pk>/relecture/reouverture/", review_steps.review_reopen, name="review_reopen"),
    path("dossiers/<int:pk>/relecture/validation/", review_steps.validate, name="validate"),
    path("dossiers/<int:pk>/relecture/<str:code>/", review_criterion.review_criterion, name="review_criterion"),
    path("dossiers/<int:pk>/relecture/<str:code>/conflits/<int:version>/", review_conflict.review_conflict, name="review_conflict"),
    path("dossiers/<int:pk>/relecture/<str:code>/demandes/<int:asked>/", review_request.review_request, name="review_request"),
    path(
        "dossiers/<int:pk>/relecture/<str:code>/demandes/<int:asked>/acceptation/",
        review_request.review_request_accept,
        name="review_request_accept",
    ),
    path(
        "dossiers/<int:pk>/relecture/<str:code>/demandes/<int:asked>/retrait/",
        review_request.review_request_withdraw,
        name="review_request_withdraw",
    ),
    path("dossiers/<int:pk>/relecture/<str:code>/direct/", review_live.review_live, name="review_live"),
    # roadmap
    path("dossiers/<int:pk>/feuille-de-route/", roadmap.roadmap, name="roadmap"),
    path("dossiers/<int:pk>/feuille-de-route/tableau/", roadmap.roadmap_board, name="roadmap_board"),
    path("dossiers/<int:pk>/feuille-de-route/calendrier/", roadmap.roadmap_gantt, name="roadmap_gantt"),
    path("dossiers/<int:pk>/feuille-de-route/propositions/", roadmap.roadmap_propose, name="roadmap_propose"),
    # scope
    path("dossiers/<int:pk>/perimetre/", scope.scope, name="scope"),
    # sharing
    path("dossiers/<int:pk>/partage/", sharing.sharing, name="sharing"),
    path("dossiers/<int:pk>/partages/<int:share>/fichiers/", sharing.share_files, name="share_files"),
    path("dossiers/<int:pk>/partages/<int:share>/retrait/", sharing.share_withdraw, name="share_withdraw"),
    path("dossiers/<int:pk>/apercu/<str:files>/<path:inside>", sharing.sharing_preview, name="sharing_preview"),
    # stock
    path("reseaux/<int:pk>/remarques/", stock_remarks.stock_remarks, name="stock_remarks"),
    path("reseaux/<int:pk>/remarques/<int:remark>/", stock_remarks.stock_remark, name="stock_remark"),
    path("reseaux/<int:pk>/remarques/<int:remark>/suppression/", stock_remarks.stock_remark_delete, name="stock_remark_delete"),
    # submit
    path("dossiers/<int:pk>/transmission/", submit.submit, name="submit"),
    path("dossiers/<int:pk>/reprise/", submit.take_back, name="take_back"),
    path("dossiers/<int:pk>/archivage/", submit.archive, name="archive"),
    # synthesis
    path("dossiers/<int:pk>/synthese/", synthesis.synthesis, name="synthesis"),
    # verify
    path("verifier/", verify.verify, name="verify"),
    path("verifier/<str:code>/", verify.verify_code, name="verify_code"),
    # why
    path("dossiers/<int:pk>/pourquoi/<str:code>/", why.why, name="why"),
]
