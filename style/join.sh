#!/bin/sh
# Joins the stylesheets of this folder into one, in the order of the cascade: one request instead of fourteen. Trunk calls
# this before each build (see Trunk.toml).
set -eu
cd "$(dirname "$0")"
files="tokens.css base.css controls.css shell.css status.css table.css engines.css sites.css pages.css pools.css
health.css history.css activity.css picker.css plans.css overlays.css"
for file in *.css; do
    case " $(echo $files) " in
    *" $file "*) ;;
    *) echo "style/join.sh does not list $file: add it at its place in the cascade" >&2; exit 1 ;;
    esac
done
mkdir -p ../target
# Another build may be reading it: it is replaced at once.
cat $files > "../target/style.css.$$"
mv "../target/style.css.$$" ../target/style.css
