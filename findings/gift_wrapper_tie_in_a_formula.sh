#!/bin/bash
# gift-wrapper 1.8.1 (PyPI): a choice in a Moodle quiz that says "2~m" in LaTeX becomes two choices.
#
# In GIFT the signs ~ = # { } each begin something and stand for themselves only after a backslash (Moodle's documentation of
# the format, "Special Characters"). gift-wrapper takes formulas as LaTeX has them and escapes \ { } and = in them, and not
# ~, the space that does not break, which is usual before a unit, nor #. So the formula ends at the tie and the right answer
# becomes "\(2"; after # the rest is feedback. gift-pegjs 1.0.2 (npm) reads here, without complaint.
#
# Seen with Python 3.11 and Node 20 (each question has one right choice and one wrong one):
#   thin space, $2\,\mathrm{m}$: 2 choices, right: \(2\,\mathrm{m}\)
#   tie, $2~\mathrm{m}$: 4 choices, right: \(2
#   hash, $\#A = 2$: 2 choices, right: \(\
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check gift-wrapper==1.8.1 pyyaml==6.0.4
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" gift-pegjs@1.0.2
cd "$dir"
cat > bank.yaml <<'YAML'
pictures base directory: pictures
categories:
  - name: units
    questions:
      - {class: MultipleChoice, name: thin space, statement: 'How long?', answers: {perfect: '$2\,\mathrm{m}$', wrong: ['$3\,\mathrm{m}$']}}
      - {class: MultipleChoice, name: tie, statement: 'How long?', answers: {perfect: '$2~\mathrm{m}$', wrong: ['$3~\mathrm{m}$']}}
      - {class: MultipleChoice, name: hash, statement: 'How many?', answers: {perfect: '$\#A = 2$', wrong: ['$\#A = 3$']}}
YAML
env/bin/wrap.py -i bank.yaml --no-checks --embed-images > log 2>&1 || { cat log; exit 1; }
cat > see.mjs <<'JS'
import { readFileSync } from "node:fs";
import gift from "gift-pegjs";

const bank = readFileSync("bank.yaml", "utf8");
for (const { type, title, choices } of gift.parse(readFileSync("bank.gift.txt", "utf8"))) {
  if (type !== "MC") continue;
  const [, formula] = bank.match(`name: ${title}, .*perfect: '([^']*)'`);
  const right = choices.find(({ isCorrect }) => isCorrect);
  console.log(`${title}, ${formula}: ${choices.length} choices, right: ${right.text.text}`);
}
JS
seen=$(node see.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'thin space, $2\,\mathrm{m}$: 2 choices, right: \(2\,\mathrm{m}\)
tie, $2~\mathrm{m}$: 4 choices, right: \(2
hash, $\#A = 2$: 2 choices, right: \(\' ]
