# Ce que ./run et ./test ont en commun : Python, bibliothèques du système, environnement virtuel.

# Chaque essai, chaque document, chaque commande est un processus : ce qui a été compilé une fois se garde.
unset PYTHONDONTWRITEBYTECODE

dire() { printf '%s\n' "$*"; }
echouer() { printf '\n%s\n' "$*" >&2; exit 1; }

trouver_python() {
  local candidat
  for candidat in python3.13 python3.12 python3.11 python3 python; do
    if "$candidat" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$candidat"
      return
    fi
  done
  return 1
}

# installer_paquets POURQUOI PAQUET… : les installe si l’on est administrateur, sinon dit quoi taper.
installer_paquets() {
  local pourquoi=$1
  shift
  [ $# -eq 0 ] && return
  if ! command -v apt-get >/dev/null; then
    echouer "Il manque $pourquoi. Installez l’équivalent, pour votre système, des paquets Debian : $*"
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echouer "Il manque $pourquoi. Tapez d’abord :
  sudo apt-get update && sudo apt-get install --no-install-recommends $*"
  fi
  dire "Installation de $pourquoi : $*"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } </dev/null >/dev/null ||
    echouer "L’installation de ces paquets a échoué : $*"
}

bibliotheque_manquante() { ! "$1" -c "import ctypes; ctypes.CDLL('$2')" >/dev/null 2>&1; }

preparer_systeme() {
  local python manquants=()
  [ -f .venv/.systeme ] && [ -x .venv/bin/python ] && return
  python=$(trouver_python) || python=
  if [ -z "$python" ]; then
    if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
      installer_paquets "Python" python3 python3-venv
      python=$(trouver_python) || python=
    fi
    [ -n "$python" ] || echouer "Certif a besoin de Python 3.11 ou plus récent, absent de cette machine.
Sous Debian 12 ou plus : sudo apt-get install python3 python3-venv"
  fi
  "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || manquants+=("python3-venv")
  bibliotheque_manquante "$python" libpango-1.0.so.0 && manquants+=("libpango-1.0-0")
  bibliotheque_manquante "$python" libpangoft2-1.0.so.0 && manquants+=("libpangoft2-1.0-0")
  bibliotheque_manquante "$python" libharfbuzz-subset.so.0 && manquants+=("libharfbuzz-subset0")
  bibliotheque_manquante "$python" libmagic.so.1 && manquants+=("libmagic1")
  installer_paquets "des bibliothèques du système" ${manquants[@]+"${manquants[@]}"}
}

empreinte() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }

# preparer_venv FICHIER : .venv contient exactement ce que fige FICHIER ; ne fait rien si c’est déjà vrai.
preparer_venv() {
  local fichier=$1 temoin=".venv/.installe-$1" voulu
  voulu=$(empreinte requirements.txt "$fichier")
  if ! .venv/bin/python -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    dire "Création de l’environnement Python…"
    "$(trouver_python)" -m venv --clear .venv || echouer "La création de l’environnement .venv a échoué."
  fi
  [ "$(cat "$temoin" 2>/dev/null)" = "$voulu" ] && return
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
  dire "Installation des bibliothèques Python ($fichier)…"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$fichier" </dev/null ||
    echouer "L’installation des bibliothèques Python a échoué (le réseau est-il joignable ?)."
  echo "$voulu" >"$temoin"
  # Les essais contiennent tout ce dont le produit a besoin.
  [ "$fichier" = requirements.txt ] || empreinte requirements.txt requirements.txt >.venv/.installe-requirements.txt
  touch .venv/.systeme
}
