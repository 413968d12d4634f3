------------------------------ MODULE upstream ------------------------------
\* gfn_to_pfn_cache against MMU notifiers (../one_shot.pfn) as one writes it in PlusCal: a label per
\* statement that touches shared memory.  `seq` is a plain counter: notifiers are one-shot, so it is
\* bounded.  What does nothing to memory (cond_resched, might_sleep) has no label.
EXTENDS Integers, TLC
CONSTANTS Vcpus, Notifiers, Pages, None

(* --algorithm upstream {
  variables
    valid = FALSE, pfn = None,       \* the cache
    writer = None, readers = {},     \* gpc.lock
    refresher = None,                \* gpc.refresh_lock
    walker = None,                   \* mn_lock
    active = 0, seq = 0,             \* mn_active_invalidate_count, mmu_invalidate_seq
    pte = None, free = Pages;

  macro readLock() { await writer = None; readers := readers \cup {self} }
  macro readUnlock() { readers := readers \ {self} }
  macro writeLock() { await writer = None /\ readers = {}; writer := self }
  macro writeUnlock() { writer := None }

  process (vcpu \in Vcpus)
    variables seen = 0, page = None;
  {
    run: while (TRUE) {
            readLock();
      test: if (valid) {
      use:      assert pfn # None /\ pfn = pte;
                readUnlock()
            } else {
      miss:     readUnlock();
      mutex:    await refresher = None; refresher := self;
      relock:   writeLock();
      retest:   if (~valid) {
      clear:        valid := FALSE;
      sample:       seen := seq;
      drop:         writeUnlock();
      lookup:       if (pte = None) {
                        with (p \in free) { pte := p; free := free \ {p}; page := p }
                    } else {
                        page := pte
                    };
      retake:       writeLock();
      count:        if (active # 0) { goto sample };
      moved:        if (seq # seen) { goto sample };
      publish:      valid := TRUE;
      fill:         pfn := page
                };
      unlock:   writeUnlock();
      leave:    refresher := None
            }
         }
  }

  process (notifier \in Notifiers)
  {
    start:  await walker = None; walker := self;
    raise:  active := active + 1;
    raised: walker := None;
    look:   readLock();
    hit:    if (valid /\ pfn # None) {
    looked:     readUnlock();
    walk:       writeLock();
    zapped:     if (valid /\ pfn # None) {
    forget:         valid := FALSE
                };
    walked:     writeUnlock()
            } else {
    missed:     readUnlock()
            };
    zap:    if (pte # None) { free := free \cup {pte}; pte := None };
    bump:   seq := seq + 1;
    finish: await walker = None; walker := self;
    lower:  active := active - 1;
    ended:  walker := None
  }
} *)
=============================================================================
