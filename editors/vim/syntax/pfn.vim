" Vim syntax file
" Language: pfnspec's specifications of kernel protocols

if exists("b:current_syntax")
  finish
endif

syn case match

" words: made by generate.py
syn keyword pfnDeclaration accept assume event expect from ignore part policies probe threads to under unlocked varies weaker where
syn keyword pfnDeclaration nextgroup=pfnName skipwhite class const daemon def enum ghost interrupt invariant ipi measure model nmi policy process property recording scenario shared softirq sometimes timer type unfair word work
syn keyword pfnStatement assert atomic await break continue either elif else for goto holding if label on pass return timeout wait while with
syn keyword pfnOperator always and at eventually implies in leads_to not or until
syn keyword pfnConstant False None True
syn keyword pfnVerdict holds violated
syn keyword pfnFunction all alloc allocated any choose kthread_should_stop kzalloc len max maybe min need_resched range set wait_event_timeout waitqueue_active
syn keyword pfnVariable cond end self wq
syn keyword pfnSetting contained cpus full memory none preempt sc unlimited weak
syn keyword pfnType bool completion generation int kref mutex rwlock rwsem seqcount seqlock snapshot spinlock srcu timer_list waitqueue work_struct
syn keyword pfnVerb BUG_ON READ_ONCE WARN_ON WARN_ON_ONCE WRITE_ONCE __set_current_state add_timer atomic_add atomic_add_return atomic_add_return_acquire atomic_add_return_relaxed atomic_add_return_release atomic_add_unless atomic_cmpxchg atomic_cmpxchg_acquire atomic_cmpxchg_relaxed atomic_cmpxchg_release atomic_dec atomic_dec_and_test atomic_dec_return atomic_dec_return_acquire atomic_dec_return_relaxed atomic_dec_return_release atomic_fetch_add atomic_fetch_add_acquire atomic_fetch_add_relaxed atomic_fetch_add_release atomic_fetch_add_unless atomic_fetch_dec atomic_fetch_dec_acquire atomic_fetch_dec_relaxed atomic_fetch_dec_release atomic_fetch_inc atomic_fetch_inc_acquire atomic_fetch_inc_relaxed atomic_fetch_inc_release atomic_fetch_sub atomic_fetch_sub_acquire atomic_fetch_sub_relaxed atomic_fetch_sub_release atomic_inc atomic_inc_and_test atomic_inc_not_zero atomic_inc_return atomic_inc_return_acquire atomic_inc_return_relaxed atomic_inc_return_release atomic_read atomic_read_acquire atomic_set atomic_set_release atomic_sub atomic_sub_and_test atomic_sub_return atomic_sub_return_acquire atomic_sub_return_relaxed atomic_sub_return_release atomic_try_cmpxchg atomic_try_cmpxchg_acquire atomic_try_cmpxchg_relaxed atomic_try_cmpxchg_release atomic_xchg atomic_xchg_acquire atomic_xchg_relaxed atomic_xchg_release cancel_delayed_work cancel_delayed_work_sync cancel_work cancel_work_sync clear_bit clear_bit_unlock cmpxchg cmpxchg_acquire cmpxchg_relaxed cmpxchg_release complete complete_all completion_done cond_resched cond_resched_lock cond_resched_rwlock_read cond_resched_rwlock_write cpu_relax del_timer del_timer_sync finish_wait flush_delayed_work flush_work init_completion kfree kfree_rcu kref_get kref_get_unless_zero kref_init kref_put kref_read kthread_stop local_bh_disable local_bh_enable local_irq_disable local_irq_enable local_irq_restore local_irq_save lockdep_assert_held lockdep_assert_not_held might_sleep mod_delayed_work mod_timer mutex_is_locked mutex_lock mutex_trylock mutex_unlock preempt_disable preempt_enable prepare_to_wait queue_delayed_work queue_work raw_spin_lock raw_spin_lock_bh raw_spin_lock_irq raw_spin_lock_irqsave raw_spin_trylock raw_spin_unlock raw_spin_unlock_bh raw_spin_unlock_irq raw_spin_unlock_irqrestore rcu_assign_pointer rcu_barrier rcu_dereference rcu_read_lock rcu_read_unlock read_lock_bh read_lock_irq read_lock_irqsave read_seqbegin read_seqcount_begin read_seqcount_retry read_seqlock_excl read_seqretry read_sequnlock_excl read_unlock_bh read_unlock_irq read_unlock_irqrestore refcount_add refcount_dec refcount_dec_and_test refcount_dec_not_one refcount_inc refcount_inc_not_zero refcount_read refcount_set refcount_sub_and_test reinit_completion rwsem_is_locked schedule schedule_delayed_work schedule_work set_bit set_current_state smp_call_function_single smp_load_acquire smp_mb smp_mb__after_atomic smp_mb__after_spinlock smp_mb__after_unlock_lock smp_mb__before_atomic smp_rmb smp_store_mb smp_store_release smp_wmb spin_is_locked spin_lock spin_lock_bh spin_lock_irq spin_lock_irqsave spin_trylock spin_unlock spin_unlock_bh spin_unlock_irq spin_unlock_irqrestore srcu_read_lock srcu_read_unlock synchronize_rcu synchronize_srcu test_and_clear_bit test_and_set_bit test_and_set_bit_lock test_bit test_bit_acquire timer_delete timer_delete_sync timer_pending try_cmpxchg try_cmpxchg_acquire try_cmpxchg_relaxed try_cmpxchg_release try_wait_for_completion wait_event wait_for_completion wait_for_completion_timeout wake_up wake_up_all wake_up_one wake_up_process work_busy work_pending write_lock_bh write_lock_irq write_lock_irqsave write_seqcount_begin write_seqcount_end write_seqlock write_sequnlock write_unlock_bh write_unlock_irq write_unlock_irqrestore xchg xchg_acquire xchg_relaxed xchg_release
syn keyword pfnCheck contained bad_refcount bad_unlock deadlock double_free empty_choice ends_holding none_used out_of_range sleep_in_atomic use_after_free
syn keyword pfnPolicy contained block halt_poll kvm_halt_poll resched spin
syn keyword pfnMethod contained add discard down_read down_read_trylock down_write down_write_trylock downgrade_write held_by lock read read_lock read_trylock read_unlock remove trylock unlock up_read up_write write write_lock write_trylock write_unlock
" words: end

" What a declaration names: models, types, processes, functions, formulas.
syn match pfnName contained "\<\h\w*\>"
syn match pfnLabel "\%(\<label\s\+\)\@<=\h\w*"
" A word behind a dot is a field or a method.
syn match pfnField "\.\s*\h\w*" contains=pfnMethodCall
syn match pfnMethodCall contained "\h\w*\ze\s*(" contains=pfnMethod
" The lines on which checks, policies and settings have a meaning of their own.
syn match pfnExpectation "\%(^\s*expect\>\)\@<=.*" contains=pfnDeclaration,pfnCheck,pfnPolicy,pfnVerdict,pfnOperator,pfnString,pfnComment
syn match pfnPolicies "\%(^\s*policies\>\)\@<=.*" contains=pfnDeclaration,pfnPolicy,pfnNumber,pfnComment
syn match pfnWaiting "\%(\<wait\s\+(\=\s*\)\@<=\h\w*" contains=pfnOperator,pfnPolicy
syn match pfnAssignedSetting "^\s\+\%(cpus\|preempt\|memory\)\s*=\s*\w\+" contains=pfnSetting,pfnNumber
syn match pfnStatement "\<on\s\+cpu\>"
syn match pfnNumber "\<\d[0-9_]*\>"

syn region pfnString start=+"+ skip=+\\.+ end=+"+ end=+$+ oneline contains=@Spell
syn region pfnString start=+'+ skip=+\\.+ end=+'+ end=+$+ oneline contains=@Spell
syn region pfnDocstring start=+"""+ end=+"""+ keepend contains=@Spell
syn match pfnComment "#.*$" contains=@Spell

syn sync match pfnSync grouphere NONE "^\%(model\|const\|type\|enum\|class\|shared\|ghost\|process\|def\|policy\|invariant\|property\|sometimes\|scenario\|expect\)\>"

hi def link pfnDeclaration Structure
hi def link pfnName Identifier
hi def link pfnStatement Statement
hi def link pfnOperator Operator
hi def link pfnConstant Constant
hi def link pfnVerdict Todo
hi def link pfnType Type
hi def link pfnVerb Function
hi def link pfnFunction Function
hi def link pfnVariable Special
hi def link pfnMethod Function
hi def link pfnCheck Constant
hi def link pfnPolicy Special
hi def link pfnSetting Special
hi def link pfnLabel Label
hi def link pfnNumber Number
hi def link pfnString String
hi def link pfnDocstring Comment
hi def link pfnComment Comment

let b:current_syntax = "pfn"
