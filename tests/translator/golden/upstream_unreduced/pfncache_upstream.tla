---- MODULE pfncache_upstream ----
\* made by pfnspec from upstream.pfn
\* const VCPUS = 2
\* const NOTIFIERS = 1
\* const PAGES = 2
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS None, vcpu_0, vcpu_1, notifier_0

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
        CASE self \in Vcpus -> "vcpu_34"
             [] self \in Notifiers -> "notifier_43"]
    /\ gpc_lock_writer = None
    /\ gpc_lock_readers = {}
    /\ gpc_refresh_lock_holder = None
    /\ gpc_valid = FALSE
    /\ gpc_pfn = None
    /\ active = 0
    /\ mn_lock_holder = None
    /\ pte = None
    /\ free = 0..1
    /\ vcpu_hva_to_pfn_retry_page = [self \in Vcpus |-> None]
    /\ vcpu_mmu_notifier_retry_cache_return = [self \in Vcpus |-> FALSE]
    /\ vcpu_mmu_notifier_retry_cache_seen = [self \in Vcpus |-> None]
    /\ vcpu_tmp1 = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_retry_seen = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_return = [self \in Vcpus |-> None]
    /\ notifier_tmp1 = [self \in Notifiers |-> None]
    /\ notifier_gpc_hit_return = [self \in Notifiers |-> FALSE]

\* 34  cond_resched()  # the run loop
vcpu_34(self) ==
    /\ pc[self] = "vcpu_34"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 35  with gpc.lock.read():
vcpu_35(self) ==
    /\ pc[self] = "vcpu_35"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ pc' = [pc EXCEPT ![self] = "vcpu_36"]
    /\ gpc_lock_readers' = gpc_lock_readers \cup {self}
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 36  if gpc.valid:
vcpu_36(self) ==
    /\ pc[self] = "vcpu_36"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35_1"]
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_35_2"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 35  with gpc.lock.read():
vcpu_35_1(self) ==
    /\ pc[self] = "vcpu_35_1"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_34"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_35"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 35  with gpc.lock.read():
vcpu_35_2(self) ==
    /\ pc[self] = "vcpu_35_2"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_84"]
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
vcpu_85(self) ==
    /\ pc[self] = "vcpu_85"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ pc' = [pc EXCEPT ![self] = "vcpu_86"]
    /\ gpc_lock_writer' = self
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 86  if not gpc.valid:
\*   called from 41  refresh()
\*   then 92  page: Pfn | None = None
\*   hva_to_pfn_retry.seen: not read again, so reset
vcpu_86(self) ==
    /\ pc[self] = "vcpu_86"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_85_1"]
            /\ UNCHANGED <<vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_retry_seen>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_93"]
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 85  with gpc.lock.write():
\*   called from 41  refresh()
vcpu_85_1(self) ==
    /\ pc[self] = "vcpu_85_1"
    /\ IF gpc_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_84_1"]
            /\ gpc_lock_writer' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_85"]
            /\ UNCHANGED <<gpc_lock_writer>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 93  gpc.valid = False
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_93(self) ==
    /\ pc[self] = "vcpu_93"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_95"]
    /\ gpc_valid' = FALSE
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 84  with gpc.refresh_lock:
\*   called from 41  refresh()
vcpu_84_1(self) ==
    /\ pc[self] = "vcpu_84_1"
    /\ IF gpc_refresh_lock_holder = self
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_34"]
            /\ gpc_refresh_lock_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_84"]
            /\ UNCHANGED <<gpc_refresh_lock_holder>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 95  seen = seq
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_95(self) ==
    /\ pc[self] = "vcpu_95"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_96"]
    /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = "current"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 96  gpc.lock.write_unlock()
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_96(self) ==
    /\ pc[self] = "vcpu_96"
    /\ IF gpc_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_110"]
            /\ gpc_lock_writer' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_96"]
            /\ UNCHANGED <<gpc_lock_writer>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 110  might_sleep()
\*   called from 97  page = hva_to_pfn()
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_110(self) ==
    /\ pc[self] = "vcpu_110"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_111"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

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
                              ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_114"]
                                   /\ pte' = chosen_113_19
                                   /\ UNCHANGED <<free, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_return>>
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_113"]
                    /\ UNCHANGED <<pte, free, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_return>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_98"]
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = pte]
            /\ vcpu_hva_to_pfn_return' = [vcpu_hva_to_pfn_return EXCEPT ![self] = None]
            /\ UNCHANGED <<pte, free>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, notifier_tmp1, notifier_gpc_hit_return>>

\* 98  gpc.lock.write_lock()
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 99  if not mmu_notifier_retry_cache(seen):
vcpu_98(self) ==
    /\ pc[self] = "vcpu_98"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ pc' = [pc EXCEPT ![self] = "vcpu_106"]
    /\ gpc_lock_writer' = self
    /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = vcpu_hva_to_pfn_retry_seen[self]]
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 106  return active != 0 or seq != seen
\*   called from 99  if not mmu_notifier_retry_cache(seen):
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_106(self) ==
    /\ pc[self] = "vcpu_106"
    /\ IF active # 0
       THEN /\ IF ~TRUE
               THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_101"]
                    /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_95"]
                    /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_106_1"]
            /\ UNCHANGED <<vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_seen, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 101  gpc.valid = True
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_101(self) ==
    /\ pc[self] = "vcpu_101"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_102"]
    /\ gpc_valid' = TRUE
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 106  return active != 0 or seq != seen
\*   called from 99  if not mmu_notifier_retry_cache(seen):
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_106_1(self) ==
    /\ pc[self] = "vcpu_106_1"
    /\ IF vcpu_mmu_notifier_retry_cache_seen[self] # None
       THEN /\ IF vcpu_mmu_notifier_retry_cache_seen[self] = "current"
               THEN /\ IF ~FALSE
                       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_101"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_95"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
               ELSE /\ IF ~TRUE
                       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_101"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_95"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_106"]
            /\ UNCHANGED <<vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_seen, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 102  gpc.pfn = page
\*   called from 87  hva_to_pfn_retry()
\*   called from 41  refresh()
vcpu_102(self) ==
    /\ pc[self] = "vcpu_102"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_85_1"]
    /\ gpc_pfn' = vcpu_hva_to_pfn_retry_page[self]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 43  process notifier[NOTIFIERS]:
\*   then 45  while maybe():
notifier_43(self) ==
    /\ pc[self] = "notifier_43"
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_51"]
       \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 51  with mn_lock:
\*   called from 46  invalidate_range_start()
notifier_51(self) ==
    /\ pc[self] = "notifier_51"
    /\ mn_lock_holder = None
    /\ pc' = [pc EXCEPT ![self] = "notifier_52"]
    /\ mn_lock_holder' = self
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 52  active += 1
\*   called from 46  invalidate_range_start()
notifier_52(self) ==
    /\ pc[self] = "notifier_52"
    /\ IF 0 <= active + 1 /\ active + 1 <= 1
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_52_1"]
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = active + 1]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_52"]
            /\ UNCHANGED <<notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 52  active += 1
\*   called from 46  invalidate_range_start()
notifier_52_1(self) ==
    /\ pc[self] = "notifier_52_1"
    /\ pc' = [pc EXCEPT ![self] = "notifier_51_1"]
    /\ active' = notifier_tmp1[self]
    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 51  with mn_lock:
\*   called from 46  invalidate_range_start()
notifier_51_1(self) ==
    /\ pc[self] = "notifier_51_1"
    /\ IF mn_lock_holder = self
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_72"]
            /\ mn_lock_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_51"]
            /\ UNCHANGED <<mn_lock_holder>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 72  with gpc.lock.read():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_72(self) ==
    /\ pc[self] = "notifier_72"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ pc' = [pc EXCEPT ![self] = "notifier_80"]
    /\ gpc_lock_readers' = gpc_lock_readers \cup {self}
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 80  return gpc.valid and gpc.pfn != None
\*   called from 73  if not gpc_hit():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_80(self) ==
    /\ pc[self] = "notifier_80"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_80_1"]
            /\ UNCHANGED <<notifier_tmp1, notifier_gpc_hit_return>>
       ELSE /\ IF ~FALSE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_72_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_72_2"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 80  return gpc.valid and gpc.pfn != None
\*   called from 73  if not gpc_hit():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_80_1(self) ==
    /\ pc[self] = "notifier_80_1"
    /\ IF gpc_pfn # None
       THEN /\ IF ~TRUE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_72_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_72_2"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
       ELSE /\ IF ~FALSE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_72_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_72_2"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 72  with gpc.lock.read():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_72_1(self) ==
    /\ pc[self] = "notifier_72_1"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_58"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 72  with gpc.lock.read():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_72_2(self) ==
    /\ pc[self] = "notifier_72_2"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_75"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_72"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 58  might_sleep()
\*   called from 47  zap()
notifier_58(self) ==
    /\ pc[self] = "notifier_58"
    /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 75  with gpc.lock.write():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_75(self) ==
    /\ pc[self] = "notifier_75"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ pc' = [pc EXCEPT ![self] = "notifier_80_2"]
    /\ gpc_lock_writer' = self
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 59  atomic:
\*   called from 47  zap()
\*   then 60  if pte != None:
\*   then 61  free.add(pte)
\*   then 62  pte = None
notifier_59(self) ==
    /\ pc[self] = "notifier_59"
    /\ IF pte # None
       THEN /\ IF pte # None
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_63"]
                    /\ pte' = None
                    /\ free' = free \cup {pte}
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_61"]
                    /\ UNCHANGED <<pte, free>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_63"]
            /\ UNCHANGED <<pte, free>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 80  return gpc.valid and gpc.pfn != None
\*   called from 76  if gpc_hit():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_80_2(self) ==
    /\ pc[self] = "notifier_80_2"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_80_3"]
            /\ UNCHANGED <<notifier_tmp1, notifier_gpc_hit_return>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_75_1"]
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
            /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 63  might_sleep()
\*   called from 47  zap()
notifier_63(self) ==
    /\ pc[self] = "notifier_63"
    /\ pc' = [pc EXCEPT ![self] = "notifier_66"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 80  return gpc.valid and gpc.pfn != None
\*   called from 76  if gpc_hit():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_80_3(self) ==
    /\ pc[self] = "notifier_80_3"
    /\ IF gpc_pfn # None
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_77"]
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
            /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_75_1"]
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
            /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 77  gpc.valid = False
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_77(self) ==
    /\ pc[self] = "notifier_77"
    /\ pc' = [pc EXCEPT ![self] = "notifier_75_1"]
    /\ gpc_valid' = FALSE
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 75  with gpc.lock.write():
\*   called from 54  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
notifier_75_1(self) ==
    /\ pc[self] = "notifier_75_1"
    /\ IF gpc_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_58"]
            /\ gpc_lock_writer' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_75"]
            /\ UNCHANGED <<gpc_lock_writer>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

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
notifier_67(self) ==
    /\ pc[self] = "notifier_67"
    /\ mn_lock_holder = None
    /\ pc' = [pc EXCEPT ![self] = "notifier_68"]
    /\ mn_lock_holder' = self
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 68  active -= 1
\*   called from 48  invalidate_range_end()
notifier_68(self) ==
    /\ pc[self] = "notifier_68"
    /\ IF 0 <= active - 1 /\ active - 1 <= 1
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_68_1"]
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = active - 1]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_68"]
            /\ UNCHANGED <<notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 68  active -= 1
\*   called from 48  invalidate_range_end()
notifier_68_1(self) ==
    /\ pc[self] = "notifier_68_1"
    /\ pc' = [pc EXCEPT ![self] = "notifier_67_1"]
    /\ active' = notifier_tmp1[self]
    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 67  with mn_lock:
\*   called from 48  invalidate_range_end()
\*   then 45  while maybe():
notifier_67_1(self) ==
    /\ pc[self] = "notifier_67_1"
    /\ IF mn_lock_holder = self
       THEN /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_51"]
                  /\ mn_lock_holder' = None
               \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
                  /\ mn_lock_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_67"]
            /\ UNCHANGED <<mn_lock_holder>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

vcpu(self) ==
    \/ vcpu_34(self)
    \/ vcpu_35(self)
    \/ vcpu_36(self)
    \/ vcpu_35_1(self)
    \/ vcpu_35_2(self)
    \/ vcpu_84(self)
    \/ vcpu_85(self)
    \/ vcpu_86(self)
    \/ vcpu_85_1(self)
    \/ vcpu_93(self)
    \/ vcpu_84_1(self)
    \/ vcpu_95(self)
    \/ vcpu_96(self)
    \/ vcpu_110(self)
    \/ vcpu_111(self)
    \/ vcpu_98(self)
    \/ vcpu_106(self)
    \/ vcpu_101(self)
    \/ vcpu_106_1(self)
    \/ vcpu_102(self)

notifier(self) ==
    \/ notifier_43(self)
    \/ notifier_51(self)
    \/ notifier_52(self)
    \/ notifier_52_1(self)
    \/ notifier_51_1(self)
    \/ notifier_72(self)
    \/ notifier_80(self)
    \/ notifier_80_1(self)
    \/ notifier_72_1(self)
    \/ notifier_72_2(self)
    \/ notifier_58(self)
    \/ notifier_75(self)
    \/ notifier_59(self)
    \/ notifier_80_2(self)
    \/ notifier_63(self)
    \/ notifier_80_3(self)
    \/ notifier_77(self)
    \/ notifier_75_1(self)
    \/ notifier_66(self)
    \/ notifier_67(self)
    \/ notifier_68(self)
    \/ notifier_68_1(self)
    \/ notifier_67_1(self)

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
    /\ \A self \in Vcpus : pc[self] \in {"vcpu_34", "vcpu_84", "vcpu_110"} => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(mn_lock_holder = self))
    /\ \A self \in Notifiers : pc[self] \in {"notifier_58", "notifier_63"} => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(mn_lock_holder = self))

\* ends_holding
ends_holding ==
    /\ \A self \in Notifiers : pc[self] = "notifier_end" => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(gpc_refresh_lock_holder = self) /\ ~(mn_lock_holder = self))

====
