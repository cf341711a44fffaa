"""Every limit the product promises, in one place: forms, settings, docs and tests read them here."""

from datetime import timedelta

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

# Text, in characters after certif.text.clean_text: justification and comment, name, title, note
TEXT_MAX = 4_000
NAME_MAX = 200
TITLE_MAX = 300
NOTE_MAX = 10_000
COMBINING_MARKS_MAX = 3

# Reviews: open requests of a network on one criterion, remarks a network keeps to use again
REQUESTS_PER_ANSWER = 20
STOCK_REMARKS = 200

# Evidence files
EVIDENCE_BYTES = 50 * MIB
EVIDENCE_FILES_PER_ASSESSMENT = 500
EVIDENCE_BYTES_PER_STRUCTURE = 2 * GIB
EVIDENCE_EXTENSIONS = ("pdf", "png", "jpg", "jpeg", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt", "csv")
OFFICE_ZIP_ENTRIES = 5_000
OFFICE_ZIP_DECLARED_BYTES = 500 * MIB
OFFICE_ZIP_RATIO = 100
IMAGE_PIXELS = 40_000_000

# The logo of a structure: what may be sent, and the PNG that is kept
LOGO_UPLOAD_BYTES = 10 * MIB
LOGO_BYTES = 512 * 1000
LOGO_SIDE = 800

# Requests: up to DRAINED_BYTES a request is read to its end, so that the form comes back with the
# other fields kept; beyond, it is refused on its announced length alone.
FORM_BYTES = 1 * MIB
DRAINED_BYTES = 200 * MIB
REQUEST_SECONDS = 30
STATEMENT_SECONDS = 10
LOCK_WAIT_SECONDS = 5
DATABASE_CONNECT_SECONDS = 2

# Import of a norm. A node is an entry of a list made of fields, but for the descriptors, which are texts of their criterion
# (docs/decisions/0023); values and depth bound what is read before anything is understood.
NORM_IMPORT_BYTES = 1 * MIB
NORM_IMPORT_NODES = 2_000
NORM_IMPORT_VALUES = 40_000
NORM_IMPORT_DEPTH = 12
NORM_IMPORT_PROBLEMS = 50
NORM_IMPORT_PATIENCE = timedelta(hours=1)
NORM_LINES = 30
NORM_LINE = 500
NORM_SOURCE = 2_000
NORM_WORKBOOK_DECLARED_BYTES = 8 * MIB
NORM_WORKBOOK_ENTRIES = 200
NORM_WORKBOOK_ELEMENTS = 250_000

# Evidence looked at in place: one page at a time, as pixels
VIEW_SIDE = 1_600
VIEW_PIXELS = 3_000_000
VIEW_SCALE = 3
VIEW_TEXT_BYTES = 200_000
VIEWER_SECONDS = 10
VIEWER_BYTES_OF_MEMORY = 512 * MIB
VIEWERS_AT_ONCE = 2
VIEWER_PATIENCE_SECONDS = 5

# PDF
PDF_SECONDS = 60
PDF_BYTES_OF_MEMORY = 512 * MIB
PDF_PAGES = 600
PDF_ACTIVE_PER_USER = 1
PDF_ACTIVE_PER_STRUCTURE = 2

# People
LOGIN_FAILURES_PER_ACCOUNT = 5
LOGIN_FAILURES_PER_ADDRESS = 30
LOGIN_FAILURES_WINDOW = timedelta(minutes=15)
PASSWORD_LENGTH = 15
PASSWORD_RESET_AGE = timedelta(minutes=60)
INVITATION_AGE = timedelta(days=7)
INVITATIONS_PER_DAY = 50
VERIFICATION_MISSES = 20  # unknown codes per address, in the window of login failures
MEDIATORS_MAX = 100_000
SESSION_IDLE = timedelta(hours=12)
SESSION_REFRESH = timedelta(minutes=10)
SESSION_AGE = timedelta(days=7)

# Readiness of the process
TASK_PATIENCE = timedelta(minutes=2)
WORKER_HEARTBEAT = timedelta(seconds=5)
FREE_DISK_BYTES = 200 * MIB

# What a network follows: dossiers computed by one task, how long one may last or be waited for, views kept by a person,
# rows of a page, and the fewest structures whose figures are ever shown together
STANDINGS_PER_TASK = 50
UPKEEP_LEASE = timedelta(minutes=10)
SAVED_VIEWS = 30
SAVED_VIEW_QUERY = 500
PORTFOLIO_ROWS = 50
ANONYMOUS_MIN = 5

# Notices: rows of a page, the hour of the daily e-mail in Paris, how long before an e-mail that could not leave is given up
NOTICES_SHOWN = 30
DIGEST_HOUR = 7
MAIL_PATIENCE = timedelta(days=3)
# Reminders: days before a request, a piece of evidence, an audit
REQUEST_DUE_DAYS = 7
EVIDENCE_ENDING_DAYS = 30
AUDIT_DAYS = (7, 30, 90)
# What has been late for longer is no longer news: a first run on an old installation stays quiet.
LATE_DAYS = 30

# Roadmap
ACTION_EUROS = 100_000_000
CALENDAR_YEARS = (2000, 2100)
