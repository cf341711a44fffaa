"""The words of a dossier’s life, as the database stores them and as people read them."""

from django.db import models


class Status(models.TextChoices):
    DRAFT = "brouillon", "Brouillon"
    SUBMITTED = "transmise", "Transmise"
    RETURNED = "a_completer", "À compléter"
    VALIDATED = "validee", "Validée"
    CLOSED = "cloturee", "Clôturée"
    ARCHIVED = "archivee", "Archivée"


WRITABLE = (Status.DRAFT, Status.RETURNED)
ENDED = (Status.VALIDATED, Status.CLOSED, Status.ARCHIVED)
SILENT = (Status.CLOSED, Status.ARCHIVED)  # threads take no more word


class AuditKind(models.TextChoices):
    INITIAL = "initial", "Audit initial"
    MIDTERM = "intermediaire", "Audit à deux ans"
    RENEWAL = "renouvellement", "Audit de renouvellement"


class ActionStatus(models.TextChoices):
    TODO = "a_faire", "À faire"
    DOING = "en_cours", "En cours"
    DONE = "faite", "Faite"
    DROPPED = "abandonnee", "Abandonnée"


class SnapshotKind(models.TextChoices):
    DOCUMENT = "document", "Pour un document"
    SUBMITTED = "transmission", "À la transmission"
    VALIDATED = "validation", "À la validation"
    CLOSED = "cloture", "À la clôture"
    BEFORE_MOVE = "avant_passage", "Avant un changement d’édition"
    AFTER_MOVE = "apres_passage", "Après un changement d’édition"


class DocumentKind(models.TextChoices):
    AUDIT = "audit", "Rapport de préparation à l’audit"
    ROADMAP = "feuille-de-route", "Feuille de route d’amélioration"


class DocumentStatus(models.TextChoices):
    QUEUED = "en_attente", "En attente"
    RUNNING = "en_cours", "En cours"
    DONE = "pret", "Prêt"
    FAILED = "echec", "Échec"
