#!/bin/bash
# Installs the documents into FOLDER, all side by side: documents.sh FOLDER
# A link between them leads to the name under which the other lies there; a link to anything else becomes its words.
set -euo pipefail

folder=${1:?which folder?}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What is installed, and as what.
declare -A names=(
  [README.md]=README.md
  [systemd/README.md]=SERVICE.md
  [systemd/FAULTS.md]=FAULTS.md
  [Sources/README.md]=INTERNALS.md
  [Sources/Events/PROTOCOL.md]=PROTOCOL.md
  [Sources/Events/schema.json]=schema.json
  [Sources/EventFeed/README.md]=SWIFT.md
  [Sources/Python/README.md]=PYTHON.md
  [Sources/Web/README.md]=HTTP.md
  [Sources/Web/Screenshots/page.png]=page.png
  [Sources/Web/Screenshots/watch.png]=watch.png
  [Sources/digitctl/MQTT/README.md]=MQTT.md
  [Models/README.md]=MODELS.md
  [Models/DIARY.md]=DIARY.md
  [Models/FIGURES.md]=FIGURES.md
  [Models/TRAINING.md]=TRAINING.md
  [Models/LANGUAGES.md]=LANGUAGES.md
)

# The commands for sed that put the links of one document right.
edits() {
  local document=$1 link path file
  while read -r link; do
    file=${link%%#*}
    path=$(realpath -ms --relative-to=. "$(dirname "$document")/$file")
    if [[ $path == systemd/container/Containerfile ]]; then
      echo "s|]($link)|](../../digitd/Containerfile)|"
    elif [[ -n ${names[$path]-} ]]; then
      echo "s|]($link)|](${names[$path]}${link#"$file"})|"
    else
      echo "s|!\?\[\([^]]*\)\]($link)|\1|"
    fi
  done < <(grep -oE '\]\([^)#][^)]*\)' "$document" | sed 's/^](//; s/)$//' | grep -v '://' | sort -u)
}

install -d "$folder"
for document in "${!names[@]}"; do
  if [[ $document == *.md ]]; then
    sed -f <(edits "$document" | sed 's/$/g/') "$document" > "$folder/${names[$document]}"
    chmod 644 "$folder/${names[$document]}"
  else
    install -m 644 "$document" "$folder/${names[$document]}"
  fi
done
