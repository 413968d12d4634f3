---- MODULE pfncache_upstream ----
\* made by pfnspec from upstream.pfn
\* const VCPUS = 2
\* const NOTIFIERS = 1
\* const PAGES = 2
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS None, vcpu_0, vcpu_1, notifier_0, Pfn_0, Pfn_1

Vcpus == {vcpu_0, vcpu_1}
Notifiers == {notifier_0}
Tasks == Vcpus \cup Notifiers

VARIABLES
    pc,                                    \* control: control, one per task
    gpc_lock_writer,                       \* lock: gpc.lock.writer
    gpc_lock_readers,                      \* lock: gpc.lock.readers
    gpc_refresh_lock_holder,               \* lock: gpc.refresh_lock.holder
    gpc_valid,                             \* shared: gpc.valid
    gpc_pfn,                               \* shared: gpc.pfn
    active,                                \* shared: active
    mn_lock_holder,                        \* lock: mn_lock.holder
    pte,                                   \* shared: pte
    free,                                  \* shared: free
    vcpu_hva_to_pfn_retry_page,            \* local: hva_to_pfn_retry.page, one per vcpu
    vcpu_mmu_notifier_retry_cache_return,  \* temporary: mmu_notifier_retry_cache.(return), one per vcpu
    vcpu_mmu_notifier_retry_cache_seen,    \* local: mmu_notifier_retry_cache.seen, one per vcpu
    vcpu_tmp1,                             \* temporary: (tmp1), one per vcpu
    vcpu_hva_to_pfn_retry_seen,            \* local: hva_to_pfn_retry.seen, one per vcpu
    vcpu_hva_to_pfn_return,                \* temporary: hva_to_pfn.(return), one per vcpu
    notifier_tmp1,                         \* temporary: (tmp1), one per notifier
    notifier_gpc_hit_return               \* temporary: gpc_hit.(return), one per notifier

vars == <<pc, gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

Init ==
    /\ pc = [self \in Tasks |->
        CASE self \in Vcpus -> "vcpu_35"
             [] self \in Notifiers -> "notifier_43"]
    /\ gpc_lock_writer = None
    /\ gpc_lock_readers = {}
    /\ gpc_refresh_lock_holder = None
    /\ gpc_valid = FALSE
    /\ gpc_pfn = None
    /\ active = 0
    /\ mn_lock_holder = None
    /\ pte = None
    /\ free = {Pfn_0, Pfn_1}
    /\ vcpu_hva_to_pfn_retry_page = [self \in Vcpus |-> None]
    /\ vcpu_mmu_notifier_retry_cache_return = [self \in Vcpus |-> FALSE]
    /\ vcpu_mmu_notifier_retry_cache_seen = [self \in Vcpus |-> None]
    /\ vcpu_tmp1 = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_retry_seen = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_return = [self \in Vcpus |-> None]
    /\ notifier_tmp1 = [self \in Notifiers |-> None]
    /\ notifier_gpc_hit_return = [self \in Notifiers |-> FALSE]

\* 35  with gpc.lock.read():
\*   then 36  if gpc.valid:
vcpu_35(self) ==
    /\ pc[self] = "vcpu_35"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ LET gpc_lock_readers_2 == gpc_lock_readers \cup {self}
       IN /\ IF gpc_valid
             THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35_1"]
                  /\ gpc_lock_readers' = gpc_lock_readers_2
             ELSE /\ IF self \in gpc_lock_readers_2
                     THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_84"]
                          /\ gpc_lock_readers' = gpc_lock_readers_2 \ {self}
                     ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_35"]
                          /\ gpc_lock_readers' = gpc_lock_readers_2
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 35  with gpc.lock.read():
\*   then 34  cond_resched()  # the run loop
vcpu_35_1(self) ==
    /\ pc[self] = "vcpu_35_1"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_35"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 84  with gpc.refresh_lock:
\*   called from 41  refresh()
vcpu_84(self) ==
    /\ pc[self] = "vcpu_84"
    /\ gpc_refresh_lock_holder = None
    /\ pc' = [pc EXCEPT ![self] = "vcpu_85"]
    /\ gpc_refresh_lock_holder' = self
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 85  with gpc.lock.write():
\*   called from 41  refresh()
\*   then 86  if not gpc.valid:
\*   then 84  with gpc.refresh_lock:
\*   then 34  cond_resched()  # the run loop
\*   then 92  page: Pfn | None = None
\*   then 93  gpc.valid = False
\*   then 95  seen = seq
\*   then 96  gpc.lock.write_unlock()
\*   then 110  might_sleep()
\*   hva_to_pfn_retry.seen: not read again, so reset
vcpu_85(self) ==
    /\ pc[self] = "vcpu_85"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ IF gpc_valid
       THEN /\ IF gpc_refresh_lock_holder = self
               THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
                    /\ gpc_lock_writer' = None
                    /\ gpc_refresh_lock_holder' = None
                    /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE gpc_pfn
                    /\ UNCHANGED <<gpc_valid, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_retry_seen>>
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_84"]
                    /\ gpc_lock_writer' = None
                    /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE gpc_pfn
                    /\ UNCHANGED <<gpc_refresh_lock_holder, gpc_valid, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_retry_seen>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_111"]
            /\ gpc_lock_writer' = None
            /\ gpc_valid' = FALSE
            /\ gpc_pfn' = IF FALSE = FALSE THEN None ELSE gpc_pfn
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = "current"]
            /\ UNCHANGED <<gpc_refresh_lock_holder>>
    /\ UNCHANGED <<gpc_lock_readers, active, mn_lock_holder, pte, free, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 95  seen = seq
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 96  gpc.lock.write_unlock()
\*   then 110  might_sleep()
\*   hva_to_pfn_retry.seen: not read again, so reset
vcpu_95(self) ==
    /\ pc[self] = "vcpu_95"
    /\ IF gpc_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_111"]
            /\ gpc_lock_writer' = None
            /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE gpc_pfn
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = "current"]
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_96"]
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
            /\ UNCHANGED <<gpc_lock_writer, gpc_pfn>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 111  atomic:
\*   called from 97  page = hva_to_pfn()
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 112  if pte == None:
\*   then 113  pte = choose(free)
\*   then 114  free.remove(pte)
\*   then 115  return pte
\*   then 97  page = hva_to_pfn()
vcpu_111(self) ==
    /\ pc[self] = "vcpu_111"
    /\ IF pte = None
       THEN /\ IF free # {}
               THEN /\ \E chosen_113_19 \in free :
                           /\ IF chosen_113_19 # None
                              THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_98"]
                                   /\ pte' = chosen_113_19
                                   /\ free' = free \ {chosen_113_19}
                                   /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = chosen_113_19]
                                   /\ vcpu_hva_to_pfn_return' = [vcpu_hva_to_pfn_return EXCEPT ![self] = None]
                                   /\ UNCHANGED <<vcpu_hva_to_pfn_retry_seen>>
                              ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_114"]
                                   /\ pte' = chosen_113_19
                                   /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                                   /\ UNCHANGED <<free, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_return>>
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_113"]
                    /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                    /\ UNCHANGED <<pte, free, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_return>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_98"]
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = pte]
            /\ vcpu_hva_to_pfn_return' = [vcpu_hva_to_pfn_return EXCEPT ![self] = None]
            /\ UNCHANGED <<pte, free, vcpu_hva_to_pfn_retry_seen>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, notifier_tmp1, notifier_gpc_hit_return>>

\* 98  gpc.lock.write_lock()
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 99  if not mmu_notifier_retry_cache(seen):
\*   then 106  return active != 0 or seq != seen
\*   then 101  gpc.valid = True
\*   then 102  gpc.pfn = page
\*   then 85  with gpc.lock.write():
\*   then 84  with gpc.refresh_lock:
\*   then 34  cond_resched()  # the run loop
\*   hva_to_pfn_retry.seen, mmu_notifier_retry_cache.seen, hva_to_pfn_retry.page: not read again, so reset
vcpu_98(self) ==
    /\ pc[self] = "vcpu_98"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ IF active # 0
       THEN /\ IF ~TRUE
               THEN /\ IF gpc_refresh_lock_holder = self
                       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
                            /\ gpc_lock_writer' = None
                            /\ gpc_refresh_lock_holder' = None
                            /\ gpc_valid' = TRUE
                            /\ gpc_pfn' = IF TRUE = FALSE THEN None ELSE vcpu_hva_to_pfn_retry_page[self]
                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_84"]
                            /\ gpc_lock_writer' = None
                            /\ gpc_valid' = TRUE
                            /\ gpc_pfn' = IF TRUE = FALSE THEN None ELSE vcpu_hva_to_pfn_retry_page[self]
                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                            /\ UNCHANGED <<gpc_refresh_lock_holder>>
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_95"]
                    /\ gpc_lock_writer' = self
                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                    /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                    /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                    /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                    /\ UNCHANGED <<gpc_refresh_lock_holder, gpc_valid, gpc_pfn>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_106_1"]
            /\ gpc_lock_writer' = self
            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = vcpu_hva_to_pfn_retry_seen[self]]
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
            /\ UNCHANGED <<gpc_refresh_lock_holder, gpc_valid, gpc_pfn, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1>>
    /\ UNCHANGED <<gpc_lock_readers, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 106  return active != 0 or seq != seen
\*   called from 99  if not mmu_notifier_retry_cache(seen):
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 101  gpc.valid = True
\*   then 102  gpc.pfn = page
\*   then 85  with gpc.lock.write():
\*   then 84  with gpc.refresh_lock:
\*   then 34  cond_resched()  # the run loop
\*   mmu_notifier_retry_cache.seen, hva_to_pfn_retry.page: not read again, so reset
vcpu_106_1(self) ==
    /\ pc[self] = "vcpu_106_1"
    /\ IF vcpu_mmu_notifier_retry_cache_seen[self] # None
       THEN /\ IF vcpu_mmu_notifier_retry_cache_seen[self] = "current"
               THEN /\ IF ~FALSE
                       THEN /\ IF gpc_lock_writer = self
                               THEN /\ IF gpc_refresh_lock_holder = self
                                       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
                                            /\ gpc_lock_writer' = None
                                            /\ gpc_refresh_lock_holder' = None
                                            /\ gpc_valid' = TRUE
                                            /\ gpc_pfn' = IF TRUE = FALSE THEN None ELSE vcpu_hva_to_pfn_retry_page[self]
                                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_84"]
                                            /\ gpc_lock_writer' = None
                                            /\ gpc_valid' = TRUE
                                            /\ gpc_pfn' = IF TRUE = FALSE THEN None ELSE vcpu_hva_to_pfn_retry_page[self]
                                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                            /\ UNCHANGED <<gpc_refresh_lock_holder>>
                               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_85"]
                                    /\ gpc_valid' = TRUE
                                    /\ gpc_pfn' = vcpu_hva_to_pfn_retry_page[self]
                                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                    /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                                    /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder>>
                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_95"]
                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                            /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn>>
               ELSE /\ IF ~TRUE
                       THEN /\ IF gpc_lock_writer = self
                               THEN /\ IF gpc_refresh_lock_holder = self
                                       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
                                            /\ gpc_lock_writer' = None
                                            /\ gpc_refresh_lock_holder' = None
                                            /\ gpc_valid' = TRUE
                                            /\ gpc_pfn' = IF TRUE = FALSE THEN None ELSE vcpu_hva_to_pfn_retry_page[self]
                                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_84"]
                                            /\ gpc_lock_writer' = None
                                            /\ gpc_valid' = TRUE
                                            /\ gpc_pfn' = IF TRUE = FALSE THEN None ELSE vcpu_hva_to_pfn_retry_page[self]
                                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                            /\ UNCHANGED <<gpc_refresh_lock_holder>>
                               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_85"]
                                    /\ gpc_valid' = TRUE
                                    /\ gpc_pfn' = vcpu_hva_to_pfn_retry_page[self]
                                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                    /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                                    /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder>>
                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_95"]
                            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                            /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_106"]
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
            /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = None]
            /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1>>
    /\ UNCHANGED <<gpc_lock_readers, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 43  process notifier[NOTIFIERS]:
\*   then 45  while maybe():
notifier_43(self) ==
    /\ pc[self] = "notifier_43"
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_51"]
       \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 51  with mn_lock:
\*   called from 46  invalidate_range_start()
\*   then 52  active += 1
notifier_51(self) ==
    /\ pc[self] = "notifier_51"
    /\ mn_lock_holder = None
    /\ IF 0 <= active + 1 /\ active + 1 <= 1
       THEN LET notifier_tmp1_2 == active + 1
            IN /\ pc' = [pc EXCEPT ![self] = "notifier_72"]
               /\ active' = notifier_tmp1_2
               /\ mn_lock_holder' = None
               /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_52"]
            /\ mn_lock_holder' = self
            /\ UNCHANGED <<active, notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 72  with gpc.lock.read():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
\*   then 80  return gpc.valid and gpc.pfn != None
\*   then 58  might_sleep()
notifier_72(self) ==
    /\ pc[self] = "notifier_72"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ LET gpc_lock_readers_3 == gpc_lock_readers \cup {self}
       IN /\ IF gpc_valid
             THEN /\ IF gpc_pfn # None
                     THEN /\ IF ~TRUE
                             THEN /\ IF self \in gpc_lock_readers_3
                                     THEN /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3 \ {self}
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                                     ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                             ELSE /\ IF self \in gpc_lock_readers_3
                                     THEN /\ pc' = [pc EXCEPT ![self] = "notifier_75"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3 \ {self}
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                                     ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                     ELSE /\ IF ~FALSE
                             THEN /\ IF self \in gpc_lock_readers_3
                                     THEN /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3 \ {self}
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                                     ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                             ELSE /\ IF self \in gpc_lock_readers_3
                                     THEN /\ pc' = [pc EXCEPT ![self] = "notifier_75"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3 \ {self}
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                                     ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
                                          /\ gpc_lock_readers' = gpc_lock_readers_3
                                          /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                          /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
             ELSE /\ IF ~FALSE
                     THEN /\ IF self \in gpc_lock_readers_3
                             THEN /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
                                  /\ gpc_lock_readers' = gpc_lock_readers_3 \ {self}
                                  /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                  /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                             ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
                                  /\ gpc_lock_readers' = gpc_lock_readers_3
                                  /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                  /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                     ELSE /\ IF self \in gpc_lock_readers_3
                             THEN /\ pc' = [pc EXCEPT ![self] = "notifier_75"]
                                  /\ gpc_lock_readers' = gpc_lock_readers_3 \ {self}
                                  /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                  /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                             ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
                                  /\ gpc_lock_readers' = gpc_lock_readers_3
                                  /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                                  /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 75  with gpc.lock.write():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
\*   then 80  return gpc.valid and gpc.pfn != None
\*   then 77  gpc.valid = False
\*   then 58  might_sleep()
notifier_75(self) ==
    /\ pc[self] = "notifier_75"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ IF gpc_valid
       THEN /\ IF gpc_pfn # None
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
                    /\ gpc_lock_writer' = None
                    /\ gpc_valid' = FALSE
                    /\ gpc_pfn' = IF FALSE = FALSE THEN None ELSE gpc_pfn
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
                    /\ gpc_lock_writer' = None
                    /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE gpc_pfn
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                    /\ UNCHANGED <<gpc_valid>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
            /\ gpc_lock_writer' = None
            /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE gpc_pfn
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
            /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
            /\ UNCHANGED <<gpc_valid>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 59  atomic:
\*   called from 47  zap()
\*   then 60  if pte != None:
\*   then 61  free.add(pte)
\*   then 62  pte = None
\*   then 63  might_sleep()
notifier_59(self) ==
    /\ pc[self] = "notifier_59"
    /\ IF pte # None
       THEN /\ IF pte # None
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_66"]
                    /\ pte' = None
                    /\ free' = free \cup {pte}
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_61"]
                    /\ UNCHANGED <<pte, free>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_66"]
            /\ UNCHANGED <<pte, free>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 66  seq += 1
\*   called from 48  invalidate_range_end()
notifier_66(self) ==
    /\ pc[self] = "notifier_66"
    /\ pc' = [pc EXCEPT ![self] = "notifier_67"]
    /\ vcpu_mmu_notifier_retry_cache_seen' = [k0 \in Vcpus |-> IF vcpu_mmu_notifier_retry_cache_seen[k0] = "current" THEN "outdated" ELSE vcpu_mmu_notifier_retry_cache_seen[k0]]
    /\ vcpu_hva_to_pfn_retry_seen' = [k0_2 \in Vcpus |-> IF vcpu_hva_to_pfn_retry_seen[k0_2] = "current" THEN "outdated" ELSE vcpu_hva_to_pfn_retry_seen[k0_2]]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 67  with mn_lock:
\*   called from 48  invalidate_range_end()
\*   then 68  active -= 1
\*   then 45  while maybe():
notifier_67(self) ==
    /\ pc[self] = "notifier_67"
    /\ mn_lock_holder = None
    /\ IF 0 <= active - 1 /\ active - 1 <= 1
       THEN LET notifier_tmp1_3 == active - 1
            IN /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_51"]
                     /\ active' = notifier_tmp1_3
                     /\ mn_lock_holder' = None
                     /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                  \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
                     /\ active' = notifier_tmp1_3
                     /\ mn_lock_holder' = None
                     /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_68"]
            /\ mn_lock_holder' = self
            /\ UNCHANGED <<active, notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

vcpu(self) ==
    \/ vcpu_35(self)
    \/ vcpu_35_1(self)
    \/ vcpu_84(self)
    \/ vcpu_85(self)
    \/ vcpu_95(self)
    \/ vcpu_111(self)
    \/ vcpu_98(self)
    \/ vcpu_106_1(self)

notifier(self) ==
    \/ notifier_43(self)
    \/ notifier_51(self)
    \/ notifier_72(self)
    \/ notifier_75(self)
    \/ notifier_59(self)
    \/ notifier_66(self)
    \/ notifier_67(self)

Terminating ==
    /\ \/ \E self \in Tasks : pc[self] \in {"vcpu_halt_35", "vcpu_halt_85", "vcpu_halt_84", "vcpu_halt_96", "vcpu_halt_114", "vcpu_halt_113", "vcpu_halt_106", "notifier_halt_52", "notifier_halt_51", "notifier_halt_72", "notifier_halt_61", "notifier_halt_75", "notifier_halt_68", "notifier_halt_67"}
    /\ UNCHANGED vars

Next ==
    \/ \E self \in Vcpus : vcpu(self)
    \/ \E self \in Notifiers : notifier(self)
    \/ Terminating

Spec == Init /\ [][Next]_vars

\* error PFN used
error_PFN_used ==
    /\ \A self \in Vcpus : pc[self] = "vcpu_35_1" => gpc_pfn # None

\* stale PFN used
stale_PFN_used ==
    /\ \A self \in Vcpus : pc[self] = "vcpu_35_1" => (gpc_pfn = None \/ gpc_pfn = pte)

\* deadlock
deadlock ==
    /\ LET Stays(self, group) ==
               IF pc[self] \in {"vcpu_35", "notifier_72"} THEN \E other \in (({gpc_lock_writer} \ {None}) \cup (gpc_lock_readers \cap {self})) : other \in group \/ pc[other] = "notifier_end" ELSE
               IF pc[self] = "vcpu_84" THEN \E other \in ({gpc_refresh_lock_holder} \ {None}) : other \in group ELSE
               IF pc[self] \in {"vcpu_85", "vcpu_98", "notifier_75"} THEN \E other \in (({gpc_lock_writer} \ {None}) \cup gpc_lock_readers) : other \in group \/ pc[other] = "notifier_end" ELSE
               IF pc[self] \in {"notifier_51", "notifier_67"} THEN \E other \in ({mn_lock_holder} \ {None}) : other \in group \/ pc[other] = "notifier_end" ELSE FALSE
           stuck0 == {t \in Tasks : Stays(t, Tasks)}
           stuck1 == {t \in stuck0 : Stays(t, stuck0)}
           stuck2 == {t \in stuck1 : Stays(t, stuck1)}
           stuck3 == {t \in stuck2 : Stays(t, stuck2)}
       IN \/ stuck0 = {}
           \/ stuck1 = {}
           \/ stuck2 = {}
           \/ stuck3 = {}

\* out_of_range
out_of_range ==
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_52", "notifier_halt_68"})

\* none_used
none_used ==
    /\ \A self \in Vcpus : ~(pc[self] \in {"vcpu_halt_114", "vcpu_halt_106"})
    /\ \A self \in Notifiers : ~(pc[self] = "notifier_halt_61")

\* empty_choice
empty_choice ==
    /\ \A self \in Vcpus : ~(pc[self] = "vcpu_halt_113")

\* bad_unlock
bad_unlock ==
    /\ \A self \in Vcpus : ~(pc[self] \in {"vcpu_halt_35", "vcpu_halt_85", "vcpu_halt_84", "vcpu_halt_96"})
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_51", "notifier_halt_72", "notifier_halt_75", "notifier_halt_67"})

\* sleep_in_atomic
sleep_in_atomic ==
    /\ \A self \in Vcpus : pc[self] = "vcpu_84" => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(mn_lock_holder = self))

\* ends_holding
ends_holding ==
    /\ \A self \in Notifiers : pc[self] = "notifier_end" => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(gpc_refresh_lock_holder = self) /\ ~(mn_lock_holder = self))

Symmetry == Permutations(Vcpus) \cup Permutations({Pfn_0, Pfn_1})

====
