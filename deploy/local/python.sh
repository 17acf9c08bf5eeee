# shellcheck shell=bash
# Python packages of the tests, each set in an environment of its own under .local/.
source deploy/local/install.sh

# install_python_packages DIRECTORY REQUIREMENTS [ARGUMENTS OF PIP]: makes the environment once, and anew when the list changes.
install_python_packages() {
    local venv=$1 requirements=$2
    shift 2
    cmp -s "$requirements" "$venv/installed.txt" && return
    install_packages python3-venv
    step "Installing ${requirements#"$PWD/"} into ${venv#"$PWD/"}"
    rm -rf "$venv"
    python3 -m venv "$venv"
    quietly "$venv/bin/pip" install --quiet --disable-pip-version-check "$@" --requirement "$requirements"
    cp "$requirements" "$venv/installed.txt"
}
