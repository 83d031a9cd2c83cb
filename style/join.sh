#!/bin/sh
# Joins the stylesheets of this folder, in the order of the cascade: into one that everybody needs at once, and one for the
# screens that come later. Trunk calls this before each build (see Trunk.toml).
set -eu
cd "$(dirname "$0")"
first="tokens.css base.css controls.css shell.css status.css table.css engines.css pages.css overlays.css"
later="one.css bulk.css opened.css sites.css pools.css health.css history.css activity.css picker.css plans.css"
for file in *.css; do
    case " $first $later " in
    *" $file "*) ;;
    *) echo "style/join.sh does not list $file: add it at its place in the cascade" >&2; exit 1 ;;
    esac
done
mkdir -p ../target
# Another build may be reading them: they are replaced at once.
cat $first > "../target/style.css.$$"
mv "../target/style.css.$$" ../target/style.css
cat $later > "../target/later.css.$$"
mv "../target/later.css.$$" ../target/later.css
