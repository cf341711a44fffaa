"""Addresses of the norm: public ones, where it is read; those of norm admins, where it is written."""

from django.urls import path

from referentiel.views.differences import edition_differences
from referentiel.views.draft import draft, draft_cover, draft_delete
from referentiel.views.draft_criterion import (
    draft_criterion,
    draft_criterion_check,
    draft_criterion_copy,
    draft_criterion_create,
    draft_criterion_delete,
    draft_criterion_move,
    draft_preview,
    draft_preview_pdf,
)
from referentiel.views.draft_frame import (
    draft_cycle,
    draft_eligibility,
    draft_milestone,
    draft_milestone_create,
    draft_milestone_delete,
    draft_question,
    draft_question_create,
    draft_question_delete,
    draft_question_move,
)
from referentiel.views.draft_parts import (
    draft_chapter,
    draft_chapter_create,
    draft_chapter_delete,
    draft_chapter_move,
    draft_register,
    draft_register_create,
    draft_register_delete,
    draft_register_move,
    draft_registers,
)
from referentiel.views.draft_rules import draft_rules
from referentiel.views.editions import draft_create, edition_list, standard_create
from referentiel.views.eligibility import eligibility
from referentiel.views.exchange import edition_export, edition_import, edition_import_preview
from referentiel.views.grid import blank_grid_pdf, blank_grid_xlsx
from referentiel.views.home import home
from referentiel.views.mapping import (
    mapping_confirm,
    mapping_correct,
    mapping_delete,
    mapping_detail,
    mapping_list,
    mapping_propose,
)
from referentiel.views.norm import edition_detail, norm, norm_chapter, norm_criterion, norm_search
from referentiel.views.publish import edition_publish, edition_retire

urlpatterns = [
    path("", home, name="home"),
    path("eligibilite/", eligibility, name="eligibility"),
    path("norme/", norm, name="norm"),
    path("norme/<str:edition>/", edition_detail, name="edition_detail"),
    path("norme/<str:edition>/chapitres/<str:chapter>/", norm_chapter, name="norm_chapter"),
    path("norme/<str:edition>/criteres/<str:code>/", norm_criterion, name="norm_criterion"),
    path("norme/<str:edition>/recherche/", norm_search, name="norm_search"),
    path("norme/<str:edition>/grille.pdf", blank_grid_pdf, name="blank_grid_pdf"),
    path("norme/<str:edition>/grille.xlsx", blank_grid_xlsx, name="blank_grid_xlsx"),
    path("norme/<str:edition>/export.<str:kind>", edition_export, name="edition_export"),
    # where editions are written
    path("referentiel/", edition_list, name="edition_list"),
    path("referentiel/nouvelle/", draft_create, name="draft_create"),
    path("referentiel/norme/", standard_create, name="standard_create"),
    path("referentiel/import/", edition_import, name="edition_import"),
    path("referentiel/import/<str:token>/", edition_import_preview, name="edition_import_preview"),
    path("referentiel/comparer/", edition_differences, name="edition_differences"),
    path("referentiel/correspondances/", mapping_list, name="mapping_list"),
    path("referentiel/correspondances/<int:pk>/", mapping_detail, name="mapping_detail"),
    path("referentiel/correspondances/<int:pk>/lignes/", mapping_correct, name="mapping_correct"),
    path("referentiel/correspondances/<int:pk>/proposition/", mapping_propose, name="mapping_propose"),
    path("referentiel/correspondances/<int:pk>/relecture/", mapping_confirm, name="mapping_confirm"),
    path("referentiel/correspondances/<int:pk>/suppression/", mapping_delete, name="mapping_delete"),
    path("referentiel/<str:edition>/", draft, name="draft"),
    path("referentiel/<str:edition>/couverture/", draft_cover, name="draft_cover"),
    path("referentiel/<str:edition>/supprimer/", draft_delete, name="draft_delete"),
    path("referentiel/<str:edition>/publier/", edition_publish, name="edition_publish"),
    path("referentiel/<str:edition>/retirer/", edition_retire, name="edition_retire"),
    path("referentiel/<str:edition>/regles/", draft_rules, name="draft_rules"),
    path("referentiel/<str:edition>/eligibilite/", draft_eligibility, name="draft_eligibility"),
    path("referentiel/<str:edition>/eligibilite/nouvelle/", draft_question_create, name="draft_question_create"),
    path("referentiel/<str:edition>/eligibilite/questions/<str:code>/", draft_question, name="draft_question"),
    path("referentiel/<str:edition>/eligibilite/questions/<str:code>/ordre/", draft_question_move, name="draft_question_move"),
    path("referentiel/<str:edition>/eligibilite/questions/<str:code>/supprimer/", draft_question_delete, name="draft_question_delete"),
    path("referentiel/<str:edition>/cycle/", draft_cycle, name="draft_cycle"),
    path("referentiel/<str:edition>/cycle/nouveau/", draft_milestone_create, name="draft_milestone_create"),
    path("referentiel/<str:edition>/cycle/jalons/<str:code>/", draft_milestone, name="draft_milestone"),
    path("referentiel/<str:edition>/cycle/jalons/<str:code>/supprimer/", draft_milestone_delete, name="draft_milestone_delete"),
    path("referentiel/<str:edition>/chapitres/nouveau/", draft_chapter_create, name="draft_chapter_create"),
    path("referentiel/<str:edition>/chapitres/<uuid:key>/", draft_chapter, name="draft_chapter"),
    path("referentiel/<str:edition>/chapitres/<uuid:key>/ordre/", draft_chapter_move, name="draft_chapter_move"),
    path("referentiel/<str:edition>/chapitres/<uuid:key>/supprimer/", draft_chapter_delete, name="draft_chapter_delete"),
    path("referentiel/<str:edition>/chapitres/<uuid:chapter>/critere/", draft_criterion_create, name="draft_criterion_create"),
    path("referentiel/<str:edition>/registres/", draft_registers, name="draft_registers"),
    path("referentiel/<str:edition>/registres/nouveau/", draft_register_create, name="draft_register_create"),
    path("referentiel/<str:edition>/registres/<uuid:key>/", draft_register, name="draft_register"),
    path("referentiel/<str:edition>/registres/<uuid:key>/ordre/", draft_register_move, name="draft_register_move"),
    path("referentiel/<str:edition>/registres/<uuid:key>/supprimer/", draft_register_delete, name="draft_register_delete"),
    path("referentiel/<str:edition>/criteres/<uuid:key>/", draft_criterion, name="draft_criterion"),
    path("referentiel/<str:edition>/criteres/<uuid:key>/verifier/", draft_criterion_check, name="draft_criterion_check"),
    path("referentiel/<str:edition>/criteres/<uuid:key>/ordre/", draft_criterion_move, name="draft_criterion_move"),
    path("referentiel/<str:edition>/criteres/<uuid:key>/copie/", draft_criterion_copy, name="draft_criterion_copy"),
    path("referentiel/<str:edition>/criteres/<uuid:key>/supprimer/", draft_criterion_delete, name="draft_criterion_delete"),
    path("referentiel/<str:edition>/criteres/<uuid:key>/apercu/", draft_preview, name="draft_preview"),
    path("referentiel/<str:edition>/criteres/<uuid:key>/apercu.pdf", draft_preview_pdf, name="draft_preview_pdf"),
]
