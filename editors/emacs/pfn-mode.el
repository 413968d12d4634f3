;;; pfn-mode.el --- Specifications of kernel protocols in pfnspec's language -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Highlighting, indentation, imenu and `compile' for *.pfn files.  Eglot finds the language server.
;;
;;   (add-to-list 'load-path "/path/to/pfnspec/editors/emacs")
;;   (require 'pfn-mode)
;;   (add-hook 'pfn-mode-hook #'eglot-ensure)

;;; Code:

(require 'compile)
(require 'imenu)

(defgroup pfn nil
  "Specifications of kernel protocols."
  :group 'languages)

(defcustom pfn-command "pfnspec"
  "The program pfnspec."
  :type 'string)

(defcustom pfn-check-arguments nil
  "Arguments for `pfnspec check', besides the file."
  :type '(repeat string))

(defcustom pfn-indent-offset 4
  "Columns that a block is indented by."
  :type 'integer
  :safe #'integerp)

;; words: made by generate.py
(defconst pfn--declaration-words
  '("accept" "assume" "class" "const" "daemon" "def" "enum" "event" "expect" "from" "ghost" "ignore" "interrupt" "invariant" "ipi" "measure" "model" "nmi" "part" "policies" "policy" "probe" "process" "property" "recording" "scenario" "shared" "softirq" "sometimes" "threads" "timer" "to" "type" "under" "unfair" "unlocked" "varies" "weaker" "where" "word" "work"))
(defconst pfn--statement-words
  '("assert" "atomic" "await" "break" "continue" "either" "elif" "else" "for" "goto" "holding" "if" "label" "on" "pass" "return" "timeout" "wait" "while" "with"))
(defconst pfn--operator-words
  '("always" "and" "at" "eventually" "implies" "in" "leads_to" "not" "or" "until"))
(defconst pfn--constant-words
  '("False" "None" "True"))
(defconst pfn--verdict-words
  '("holds" "violated"))
(defconst pfn--function-words
  '("all" "alloc" "allocated" "any" "choose" "kthread_should_stop" "kzalloc" "len" "max" "maybe" "min" "need_resched" "range" "set" "wait_event_timeout" "waitqueue_active"))
(defconst pfn--variable-words
  '("cond" "end" "self" "wq"))
(defconst pfn--setting-words
  '("cpus" "full" "memory" "none" "preempt" "sc" "unlimited" "weak"))
(defconst pfn--type-words
  '("bool" "completion" "generation" "int" "kref" "mutex" "rwlock" "rwsem" "seqcount" "seqlock" "snapshot" "spinlock" "srcu" "timer_list" "waitqueue" "work_struct"))
(defconst pfn--verb-words
  '("BUG_ON" "READ_ONCE" "WARN_ON" "WARN_ON_ONCE" "WRITE_ONCE" "__set_current_state" "add_timer" "atomic_add" "atomic_add_return" "atomic_add_return_acquire" "atomic_add_return_relaxed" "atomic_add_return_release" "atomic_add_unless" "atomic_cmpxchg" "atomic_cmpxchg_acquire" "atomic_cmpxchg_relaxed" "atomic_cmpxchg_release" "atomic_dec" "atomic_dec_and_test" "atomic_dec_return" "atomic_dec_return_acquire" "atomic_dec_return_relaxed" "atomic_dec_return_release" "atomic_fetch_add" "atomic_fetch_add_acquire" "atomic_fetch_add_relaxed" "atomic_fetch_add_release" "atomic_fetch_add_unless" "atomic_fetch_dec" "atomic_fetch_dec_acquire" "atomic_fetch_dec_relaxed" "atomic_fetch_dec_release" "atomic_fetch_inc" "atomic_fetch_inc_acquire" "atomic_fetch_inc_relaxed" "atomic_fetch_inc_release" "atomic_fetch_sub" "atomic_fetch_sub_acquire" "atomic_fetch_sub_relaxed" "atomic_fetch_sub_release" "atomic_inc" "atomic_inc_and_test" "atomic_inc_not_zero" "atomic_inc_return" "atomic_inc_return_acquire" "atomic_inc_return_relaxed" "atomic_inc_return_release" "atomic_read" "atomic_read_acquire" "atomic_set" "atomic_set_release" "atomic_sub" "atomic_sub_and_test" "atomic_sub_return" "atomic_sub_return_acquire" "atomic_sub_return_relaxed" "atomic_sub_return_release" "atomic_try_cmpxchg" "atomic_try_cmpxchg_acquire" "atomic_try_cmpxchg_relaxed" "atomic_try_cmpxchg_release" "atomic_xchg" "atomic_xchg_acquire" "atomic_xchg_relaxed" "atomic_xchg_release" "cancel_delayed_work" "cancel_delayed_work_sync" "cancel_work" "cancel_work_sync" "clear_bit" "clear_bit_unlock" "cmpxchg" "cmpxchg_acquire" "cmpxchg_relaxed" "cmpxchg_release" "complete" "complete_all" "completion_done" "cond_resched" "cond_resched_lock" "cond_resched_rwlock_read" "cond_resched_rwlock_write" "cpu_relax" "del_timer" "del_timer_sync" "finish_wait" "flush_delayed_work" "flush_work" "init_completion" "kfree" "kfree_rcu" "kref_get" "kref_get_unless_zero" "kref_init" "kref_put" "kref_read" "kthread_stop" "local_bh_disable" "local_bh_enable" "local_irq_disable" "local_irq_enable" "local_irq_restore" "local_irq_save" "lockdep_assert_held" "lockdep_assert_not_held" "might_sleep" "mod_delayed_work" "mod_timer" "mutex_is_locked" "mutex_lock" "mutex_trylock" "mutex_unlock" "preempt_disable" "preempt_enable" "prepare_to_wait" "queue_delayed_work" "queue_work" "raw_spin_lock" "raw_spin_lock_bh" "raw_spin_lock_irq" "raw_spin_lock_irqsave" "raw_spin_trylock" "raw_spin_unlock" "raw_spin_unlock_bh" "raw_spin_unlock_irq" "raw_spin_unlock_irqrestore" "rcu_assign_pointer" "rcu_barrier" "rcu_dereference" "rcu_read_lock" "rcu_read_unlock" "read_lock_bh" "read_lock_irq" "read_lock_irqsave" "read_seqbegin" "read_seqcount_begin" "read_seqcount_retry" "read_seqlock_excl" "read_seqretry" "read_sequnlock_excl" "read_unlock_bh" "read_unlock_irq" "read_unlock_irqrestore" "refcount_add" "refcount_dec" "refcount_dec_and_test" "refcount_dec_not_one" "refcount_inc" "refcount_inc_not_zero" "refcount_read" "refcount_set" "refcount_sub_and_test" "reinit_completion" "rwsem_is_locked" "schedule" "schedule_delayed_work" "schedule_work" "set_bit" "set_current_state" "smp_call_function_single" "smp_load_acquire" "smp_mb" "smp_mb__after_atomic" "smp_mb__after_spinlock" "smp_mb__after_unlock_lock" "smp_mb__before_atomic" "smp_rmb" "smp_store_mb" "smp_store_release" "smp_wmb" "spin_is_locked" "spin_lock" "spin_lock_bh" "spin_lock_irq" "spin_lock_irqsave" "spin_trylock" "spin_unlock" "spin_unlock_bh" "spin_unlock_irq" "spin_unlock_irqrestore" "srcu_read_lock" "srcu_read_unlock" "synchronize_rcu" "synchronize_srcu" "test_and_clear_bit" "test_and_set_bit" "test_and_set_bit_lock" "test_bit" "test_bit_acquire" "timer_delete" "timer_delete_sync" "timer_pending" "try_cmpxchg" "try_cmpxchg_acquire" "try_cmpxchg_relaxed" "try_cmpxchg_release" "try_wait_for_completion" "wait_event" "wait_for_completion" "wait_for_completion_timeout" "wake_up" "wake_up_all" "wake_up_one" "wake_up_process" "work_busy" "work_pending" "write_lock_bh" "write_lock_irq" "write_lock_irqsave" "write_seqcount_begin" "write_seqcount_end" "write_seqlock" "write_sequnlock" "write_unlock_bh" "write_unlock_irq" "write_unlock_irqrestore" "xchg" "xchg_acquire" "xchg_relaxed" "xchg_release"))
(defconst pfn--check-words
  '("bad_refcount" "bad_unlock" "deadlock" "double_free" "empty_choice" "ends_holding" "none_used" "out_of_range" "sleep_in_atomic" "use_after_free"))
(defconst pfn--policy-words
  '("block" "halt_poll" "kvm_halt_poll" "resched" "spin"))
(defconst pfn--method-words
  '("add" "discard" "down_read" "down_read_trylock" "down_write" "down_write_trylock" "downgrade_write" "held_by" "lock" "read" "read_lock" "read_trylock" "read_unlock" "remove" "trylock" "unlock" "up_read" "up_write" "write" "write_lock" "write_trylock" "write_unlock"))
;; words: end

(defvar pfn-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?' "\"" table)
    (modify-syntax-entry ?_ "_" table)
    (dolist (sign '(?+ ?- ?* ?/ ?% ?& ?| ?= ?< ?> ?!))
      (modify-syntax-entry sign "." table))
    table)
  "Syntax of pfnspec's language.")

(defun pfn--words (words &optional before after)
  "A regexp for one of WORDS as a symbol, between BEFORE and AFTER."
  (concat before "\\_<" (regexp-opt words t) "\\_>" after))

(defconst pfn-font-lock-keywords
  `((,(pfn--words pfn--method-words "\\." "\\s-*(") 1 font-lock-function-name-face)
    ;; Any other word behind a dot is a field.
    ("\\.\\(\\(?:\\sw\\|\\s_\\)+\\)" 1 'default)
    ("\\_<on\\s-+\\(cpu\\)\\_>" 1 font-lock-keyword-face)
    (,(concat "^\\s-*" (regexp-opt '("daemon" "unfair" "model" "const" "type" "enum" "class" "shared" "ghost"
                                     "process" "def" "policy" "invariant" "property" "sometimes" "scenario")
                                   t)
              "\\_>\\(?:\\s-+process\\)?\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)")
     2 font-lock-function-name-face)
    ("\\_<label\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)" 1 font-lock-constant-face)
    ("^\\s-*\\(?:expect\\|policies\\)\\_>"
     (,(pfn--words (append pfn--check-words pfn--policy-words)) nil nil (0 font-lock-constant-face)))
    ("\\_<wait\\s-+(?\\s-*\\(\\(?:\\sw\\|\\s_\\)+\\)"
     (1 (and (member (match-string 1) pfn--policy-words) font-lock-constant-face)))
    ("^\\s-+\\(cpus\\|preempt\\|memory\\)\\s-*=\\s-*\\(unlimited\\|none\\|full\\|sc\\)?\\_>"
     (1 font-lock-variable-name-face) (2 font-lock-constant-face nil t))
    (,(pfn--words pfn--declaration-words) . font-lock-keyword-face)
    (,(pfn--words (append pfn--statement-words pfn--operator-words)) . font-lock-keyword-face)
    (,(pfn--words pfn--constant-words) . font-lock-constant-face)
    (,(pfn--words pfn--verdict-words) . font-lock-warning-face)
    (,(pfn--words pfn--type-words) . font-lock-type-face)
    (,(pfn--words (append pfn--verb-words pfn--function-words) nil "\\s-*[[(]") 1 font-lock-builtin-face)
    (,(pfn--words pfn--variable-words) . font-lock-variable-name-face))
  "What `pfn-mode' colours.")

(defconst pfn--syntax-propertize
  (syntax-propertize-rules
   ("\"\"\"" (0 (ignore (pfn--propertize-docstring)))))
  "Makes a docstring one string.")

(defun pfn--syntactic-face (state)
  "The face of a comment, a docstring or a string, by STATE."
  (cond ((nth 4 state) 'font-lock-comment-face)
        ((eq (nth 3 state) t) 'font-lock-doc-face)
        (t 'font-lock-string-face)))

(defun pfn--propertize-docstring ()
  "Mark the quotes just found as the beginning or the end of a docstring."
  (let* ((begin (match-beginning 0))
         (end (match-end 0))
         (state (save-excursion (syntax-ppss begin))))
    (cond ((and (nth 3 state) (not (eq (nth 3 state) t))))
          ((nth 4 state))
          ((nth 3 state) (put-text-property (1- end) end 'syntax-table (string-to-syntax "|")))
          (t (put-text-property begin (1+ begin) 'syntax-table (string-to-syntax "|"))))))

;;;; Indentation

(defun pfn--above ()
  "Go to the first line of the statement above this line; nil if there is none."
  (beginning-of-line)
  (forward-comment (- (point)))
  (unless (bobp)
    (let (start)
      (while (setq start (let ((state (syntax-ppss (line-beginning-position))))
                           (or (nth 8 state) (nth 1 state))))
        (goto-char start)))
    (beginning-of-line)
    t))

(defun pfn--opens-block-p ()
  "Whether the last line with text above this one ends with a colon."
  (save-excursion
    (beginning-of-line)
    (forward-comment (- (point)))
    (eq (char-before) ?:)))

(defun pfn--branch (column limit)
  "The column for a branch that stands at COLUMN.
It is that of a head above, no deeper than LIMIT."
  (let ((heads (if (looking-at-p "\\s-*or\\_>") "\\s-*\\(?:either\\|or\\)\\_>" "\\s-*\\(?:if\\|elif\\)\\_>"))
        found stop)
    (save-excursion
      (while (and (not stop) (>= limit 0) (pfn--above))
        (when (<= (current-indentation) limit)
          (setq limit (1- (current-indentation)))
          (when (looking-at-p heads)
            (setq found (or found (current-indentation))
                  stop (= (current-indentation) column))
            (when stop (setq found column))))))
    (or found column)))

(defun pfn--indentation ()
  "The column where this line has to stand; nil where its author alone knows."
  (save-excursion
    (beginning-of-line)
    (let* ((state (syntax-ppss))
           (column (current-indentation))
           (opens (pfn--opens-block-p))
           (branch (looking-at-p "\\s-*\\(?:elif\\_>.*\\|else\\|or\\)\\s-*:")))
      (cond
       ((nth 3 state) nil)
       ((nth 1 state)
        (let ((closes (looking-at-p "\\s-*[])}]")))
          (goto-char (nth 1 state))
          (+ (current-indentation) (if closes 0 pfn-indent-offset))))
       (t
        (let ((above (save-excursion (and (pfn--above) (current-indentation))))
              (leaves (save-excursion
                        (and (pfn--above) (looking-at-p "\\s-*\\(?:return\\|break\\|continue\\)\\_>")))))
          (cond
           ((null above) 0)
           (branch (pfn--branch column (if opens above (1- above))))
           (opens (+ above pfn-indent-offset))
           (leaves (and (>= column above) (- above pfn-indent-offset)))
           (t nil))))))))

(defun pfn-indent-line ()
  "Indent this line as what is above says.
Where that leaves a choice, each TAB goes a block further out."
  (interactive)
  (let* ((column (current-indentation))
         (wanted (pfn--indentation))
         (deepest (or wanted (save-excursion (if (pfn--above) (current-indentation) 0))))
         (tab (eq this-command 'indent-for-tab-command))
         (target (cond ((nth 3 (syntax-ppss (line-beginning-position))) column)
                       ((and tab (eq last-command this-command))
                        (if (zerop column) deepest (- column pfn-indent-offset)))
                       (wanted)
                       ((and (looking-at-p "\\s-*$") (<= (current-column) column)) deepest)
                       ((> column deepest) deepest)
                       (t column))))
    (if (<= (current-column) column)
        (indent-line-to (max 0 target))
      (save-excursion (indent-line-to (max 0 target))))))

(defun pfn-indent-region (from to)
  "Indent the lines between FROM and TO that do not stand where they must."
  (save-excursion
    (goto-char to)
    (setq to (point-marker))
    (goto-char from)
    (while (< (point) to)
      (let ((wanted (pfn--indentation)))
        (when (and wanted (not (looking-at-p "\\s-*$")))
          (indent-line-to wanted)))
      (forward-line 1))))

;;;; What a file declares

(defconst pfn-imenu-generic-expression
  (mapcar (lambda (kind)
            (list (capitalize kind)
                  (concat "^\\(?:daemon\\s-+\\|unfair\\s-+\\)*" kind "\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)")
                  1))
          '("scenario" "policy" "sometimes" "property" "invariant" "ghost" "shared" "class" "enum" "type"
            "const" "def" "process"))
  "What `imenu' lists.")

;;;; Checking

(defconst pfn-compilation-errors
  '((pfnspec
     "^\\([^\n:]+\\):\\([0-9]+\\):\\([0-9]+\\): \\(?:error\\|violated\\|\\(warning\\)\\|\\(expected\\|undecided\\|note\\)\\)\\(?:\\[\\|:\\)"
     1 2 3 (4 . 5))
    (pfnspec-related "^  \\([^\n:]+\\):\\([0-9]+\\):\\([0-9]+\\): " 1 2 3 0))
  "What `pfnspec check --format lines' prints.")

(dolist (entry pfn-compilation-errors)
  (add-to-list 'compilation-error-regexp-alist-alist entry))

(define-compilation-mode pfn-check-mode "pfnspec"
  "What `pfnspec check' found."
  (setq-local compilation-error-regexp-alist '(pfnspec pfnspec-related))
  ;; Columns count from 1, a letter each.
  (setq-local compilation-error-screen-columns nil)
  (setq-local compilation-first-column 1))

(defun pfn-check-command ()
  "The command that checks this buffer's file."
  (mapconcat #'shell-quote-argument
             (append (list pfn-command "check" "--format" "lines") pfn-check-arguments
                     (list (file-name-nondirectory (or buffer-file-name "-"))))
             " "))

(defun pfn-check ()
  "Save this file and check it.
`next-error' walks through what is found, step by step."
  (interactive)
  (save-buffer)
  (compilation-start (pfn-check-command) #'pfn-check-mode))

(defun pfn-format-buffer ()
  "Bring this buffer into its canonical layout, without a language server."
  (interactive)
  (let ((out (generate-new-buffer " *pfnspec fmt*" t)))
    (unwind-protect
        (if (zerop (call-process-region nil nil pfn-command nil (list out nil) nil "fmt" "-"))
            (replace-buffer-contents out)
          (user-error "This does not parse; C-c C-c shows why"))
      (kill-buffer out))))

;;;; What the language server knows

(declare-function eglot-current-server "ext:eglot")
(declare-function jsonrpc-request "jsonrpc")

(defun pfn-trace ()
  "Show the counterexamples of this model, which the language server finds."
  (interactive)
  (let* ((server (or (and (fboundp 'eglot-current-server) (eglot-current-server))
                     (user-error "No language server; M-x eglot starts it")))
         (answer (jsonrpc-request server :pfnspec/trace (list :uri (pfn--uri)) :timeout 600))
         (text (or (plist-get answer :text) (user-error "There is no counterexample"))))
    (with-help-window "*pfnspec trace*"
      (princ text))))

(declare-function eglot--path-to-uri "ext:eglot")
(declare-function eglot-path-to-uri "ext:eglot")

(defun pfn--uri ()
  "The name of this buffer's file for the language server."
  (if (fboundp 'eglot-path-to-uri)
      (eglot-path-to-uri buffer-file-name)
    (eglot--path-to-uri buffer-file-name)))

;;;; The mode

(defvar pfn-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-c") #'pfn-check)
    (define-key map (kbd "C-c C-f") #'pfn-format-buffer)
    (define-key map (kbd "C-c C-t") #'pfn-trace)
    map)
  "Keys of `pfn-mode'.")

;;;###autoload
(define-derived-mode pfn-mode prog-mode "pfn"
  "Major mode for specifications of kernel protocols."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+\\s-*")
  (setq-local indent-tabs-mode nil)
  (setq-local indent-line-function #'pfn-indent-line)
  (setq-local indent-region-function #'pfn-indent-region)
  (setq-local electric-indent-inhibit t)
  (setq-local electric-indent-chars '(?\n ?:))
  (setq-local syntax-propertize-function pfn--syntax-propertize)
  (setq-local font-lock-defaults
              '(pfn-font-lock-keywords
                nil nil nil nil (font-lock-syntactic-face-function . pfn--syntactic-face)))
  (setq-local imenu-generic-expression pfn-imenu-generic-expression)
  (when buffer-file-name
    (setq-local compile-command (pfn-check-command)))
  (add-to-list (make-local-variable 'compilation-error-regexp-alist) 'pfnspec))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.pfn\\'" . pfn-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'pfn-mode (lambda (&rest _) (list pfn-command "lsp")))))

(provide 'pfn-mode)
;;; pfn-mode.el ends here
