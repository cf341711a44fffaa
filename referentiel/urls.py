"""Addresses of the norm: all public."""

from django.urls import path

from referentiel.views.eligibility import eligibility
from referentiel.views.grid import blank_grid_pdf, blank_grid_xlsx
from referentiel.views.home import home
from referentiel.views.norm import edition_detail, norm, norm_chapter, norm_criterion, norm_search

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
]
