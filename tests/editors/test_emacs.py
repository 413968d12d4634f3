"""The mode for Emacs, in Emacs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[..., Any]


def test_it_compiles_without_a_warning(emacs: Edit, tmp_path: Path) -> None:
    told = emacs(
        f"""(setq byte-compile-error-on-warn t
              byte-compile-dest-file-function (lambda (_) "{tmp_path}/pfn-mode.elc"))
        (byte-compile-file "{ROOT}/editors/emacs/pfn-mode.el")"""
    )
    assert told is True


def test_indentation_as_one_types(emacs: Edit) -> None:
    typed = "process p:|while True:|if x == {1,|2}:|return|else:|foo(1,|2|)|break|either:|pass|or:|pass"
    told = emacs(
        f"""(with-temp-buffer
          (pfn-mode)
          (dolist (line (split-string "{typed}" "|"))
            (insert line)
            (setq this-command 'newline)
            (reindent-then-newline-and-indent))
          (split-string (buffer-string) "\\n" t "\\\\s-+$"))"""
    )
    assert [line for line in told if line.strip()] == [
        "process p:",
        "    while True:",
        "        if x == {1,",
        "            2}:",
        "            return",
        "        else:",
        "            foo(1,",
        "                2",
        "            )",
        "            break",
        "        either:",
        "            pass",
        "        or:",
        "            pass",
    ]


def test_each_tab_goes_a_block_out(emacs: Edit) -> None:
    told = emacs(
        """(with-temp-buffer
          (pfn-mode)
          (insert "process p:\\n    while True:\\n        x = 1\\n")
          (let ((columns nil))
            (dotimes (_ 4)
              (setq this-command 'indent-for-tab-command)
              (pfn-indent-line)
              (push (current-column) columns)
              (setq last-command 'indent-for-tab-command))
            (nreverse columns)))"""
    )
    assert told == [8, 4, 0, 8]


def test_a_file_in_its_layout_stays_as_it_is(emacs: Edit) -> None:
    """Every example, indented anew."""
    told = emacs(
        f"""(mapcar (lambda (name)
                  (with-temp-buffer
                    (insert-file-contents name)
                    (pfn-mode)
                    (let ((before (buffer-string)))
                      (indent-region (point-min) (point-max))
                      (list name (string= before (buffer-string))))))
                (directory-files-recursively "{ROOT}/examples" "\\\\.pfn\\\\'"))"""
    )
    assert len(told) > 15
    assert [name for name, same in told if not same] == []


FACES = {
    "process": "keyword", "vcpu": "function-name", "while": "keyword", "not": "keyword", "None": "constant",
    "rwlock": "type", "cond_resched": "builtin", "maybe": "builtin", "self": "variable-name",
    "write": "function-name", "use": "constant", "deadlock": "constant", "violated": "warning",
    "spin": "constant", "unlimited": "constant", "a text": "string", "a remark": "comment",
    "what it is": "doc",
}  # fmt: skip
COLOURED = '''"""what it is

It's on more lines, with "quotes" and process in it."""
model m
shared l: rwlock
process vcpu[7]:
    while not maybe():
        with l.write():
            x = None  # a remark
            label use
            assert self == 0, "a text"
            cond_resched()
scenario s:
    cpus = unlimited
expect deadlock violated under spin
'''


def test_colours(emacs: Edit, tmp_path: Path) -> None:
    (tmp_path / "coloured.pfn").write_text(COLOURED, encoding="utf-8")
    words = " ".join(f'"{word}"' for word in FACES)
    told = emacs(
        f"""(with-current-buffer (find-file-noselect "coloured.pfn")
          (font-lock-ensure)
          (mapcar (lambda (word)
                    (goto-char (point-min))
                    (let ((case-fold-search nil))
                      (re-search-forward (concat (if (equal word "process") "^" "\\\\_<") word "\\\\_>")))
                    (let ((face (get-text-property (match-beginning 0) 'face)))
                      (list word (format "%s" (if (consp face) (car face) face)))))
                  '({words})))"""
    )
    assert dict(told) == {word: f"font-lock-{face}-face" for word, face in FACES.items()}


def test_imenu(emacs: Edit) -> None:
    told = emacs(
        f"""(with-current-buffer (find-file-noselect "{ROOT}/examples/pfncache/upstream.pfn")
          (mapcar (lambda (group) (cons (car group) (mapcar #'car (cdr group))))
                  (funcall imenu-create-index-function)))"""
    )
    groups = {group[0]: group[1:] for group in told}
    assert groups["Process"] == ["vcpu", "notifier"]
    assert groups["Property"] == ["eventual_refresh"]
    assert "hva_to_pfn_retry" in groups["Def"]


WALK = """
(defun walk ()
  (let ((buffer (process-buffer (car (process-list)))) (places nil))
    (while (process-list) (accept-process-output nil 0.1))
    (condition-case nil
        (while t
          (next-error)
          (push (list (file-name-nondirectory buffer-file-name) (line-number-at-pos) (1+ (current-column)))
                places))
      (user-error nil))
    (list (nreverse places)
          (with-current-buffer buffer (list compilation-num-errors-found compilation-num-warnings-found
                                            compilation-num-infos-found)))))
"""


def test_next_error_walks_through_the_steps(emacs: Edit, models: Path) -> None:
    told = emacs(
        f"""{WALK}
        (setq pfn-check-arguments '("--engine" "interpreter") next-error-verbose nil
              compilation-skip-threshold 0)
        (find-file "waits.pfn")
        (save-window-excursion (pfn-check))
        (walk)""",
        models,
    )
    places, (errors, warnings, notes) = told
    assert places[0] == ["waits.pfn", 12, 5]
    assert places[1] == ["waits.pfn", 8, 1]
    assert places[2] == ["waits.pfn", 12, 16]
    assert (errors, warnings) == (1, 0)
    # One after the other at the same place are one stop.
    assert notes >= len(places) - 1 > 5


def test_next_error_finds_diagnostics(emacs: Edit, models: Path) -> None:
    told = emacs(
        f"""{WALK}
        (setq compilation-skip-threshold 0)
        (find-file "faulty.pfn")
        (save-window-excursion (pfn-check))
        (walk)""",
        models,
    )
    assert told == [
        [["faulty.pfn", 4, 1], ["faulty.pfn", 3, 1], ["faulty.pfn", 7, 5]],
        [2, 0, 1],
    ]


def test_format(emacs: Edit, models: Path) -> None:
    told = emacs(
        """(find-file "waits.pfn")
        (goto-char (point-min))
        (while (search-forward "bool" nil t) (replace-match "bool   # all"))
        (pfn-format-buffer)
        (buffer-string)""",
        models,
    )
    assert "shared ready: bool  # all\n" in told
