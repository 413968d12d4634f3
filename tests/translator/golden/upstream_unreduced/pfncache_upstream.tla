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
        CASE self \in Vcpus -> "vcpu_35"
             [] self \in Notifiers -> "notifier_44"]
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

\* 35  cond_resched()  # the run loop
vcpu_35(self) ==
    /\ pc[self] = "vcpu_35"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_36"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 36  with gpc.lock.read():
vcpu_36(self) ==
    /\ pc[self] = "vcpu_36"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ pc' = [pc EXCEPT ![self] = "vcpu_37"]
    /\ gpc_lock_readers' = gpc_lock_readers \cup {self}
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 37  if gpc.valid:
vcpu_37(self) ==
    /\ pc[self] = "vcpu_37"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_36_1"]
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_36_2"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 36  with gpc.lock.read():
vcpu_36_1(self) ==
    /\ pc[self] = "vcpu_36_1"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_36"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 36  with gpc.lock.read():
vcpu_36_2(self) ==
    /\ pc[self] = "vcpu_36_2"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_85"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_36"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 85  with gpc.refresh_lock:
\*   called from 42  refresh()
vcpu_85(self) ==
    /\ pc[self] = "vcpu_85"
    /\ gpc_refresh_lock_holder = None
    /\ pc' = [pc EXCEPT ![self] = "vcpu_86"]
    /\ gpc_refresh_lock_holder' = self
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 86  with gpc.lock.write():
\*   called from 42  refresh()
vcpu_86(self) ==
    /\ pc[self] = "vcpu_86"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ pc' = [pc EXCEPT ![self] = "vcpu_87"]
    /\ gpc_lock_writer' = self
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 87  if not gpc.valid:
\*   called from 42  refresh()
\*   then 93  page: Pfn | None = None
vcpu_87(self) ==
    /\ pc[self] = "vcpu_87"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_86_1"]
            /\ UNCHANGED <<vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_retry_seen>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_94"]
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 86  with gpc.lock.write():
\*   called from 42  refresh()
vcpu_86_1(self) ==
    /\ pc[self] = "vcpu_86_1"
    /\ IF gpc_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_85_1"]
            /\ gpc_lock_writer' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_86"]
            /\ UNCHANGED <<gpc_lock_writer>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 94  gpc.valid = False
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_94(self) ==
    /\ pc[self] = "vcpu_94"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_96"]
    /\ gpc_valid' = FALSE
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 85  with gpc.refresh_lock:
\*   called from 42  refresh()
vcpu_85_1(self) ==
    /\ pc[self] = "vcpu_85_1"
    /\ IF gpc_refresh_lock_holder = self
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
            /\ gpc_refresh_lock_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_85"]
            /\ UNCHANGED <<gpc_refresh_lock_holder>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 96  seen = seq
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_96(self) ==
    /\ pc[self] = "vcpu_96"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_97"]
    /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = "current"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 97  gpc.lock.write_unlock()
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_97(self) ==
    /\ pc[self] = "vcpu_97"
    /\ IF gpc_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_111"]
            /\ gpc_lock_writer' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_97"]
            /\ UNCHANGED <<gpc_lock_writer>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 111  might_sleep()
\*   called from 98  page = hva_to_pfn()
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_111(self) ==
    /\ pc[self] = "vcpu_111"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_112"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 112  atomic:
\*   called from 98  page = hva_to_pfn()
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
\*   then 114  pte = choose(free)
\*   then 115  free.remove(pte)
\*   then 98  page = hva_to_pfn()
vcpu_112(self) ==
    /\ pc[self] = "vcpu_112"
    /\ IF pte = None
       THEN /\ IF free # {}
               THEN /\ \E chosen_114_19 \in free :
                           /\ IF chosen_114_19 # None
                              THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_99"]
                                   /\ pte' = chosen_114_19
                                   /\ free' = free \ {chosen_114_19}
                                   /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = chosen_114_19]
                                   /\ vcpu_hva_to_pfn_return' = [vcpu_hva_to_pfn_return EXCEPT ![self] = None]
                              ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_115"]
                                   /\ pte' = chosen_114_19
                                   /\ UNCHANGED <<free, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_return>>
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_114"]
                    /\ UNCHANGED <<pte, free, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_return>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_99"]
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = pte]
            /\ vcpu_hva_to_pfn_return' = [vcpu_hva_to_pfn_return EXCEPT ![self] = None]
            /\ UNCHANGED <<pte, free>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, notifier_tmp1, notifier_gpc_hit_return>>

\* 99  gpc.lock.write_lock()
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
\*   then 100  if not mmu_notifier_retry_cache(seen):
vcpu_99(self) ==
    /\ pc[self] = "vcpu_99"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ pc' = [pc EXCEPT ![self] = "vcpu_107"]
    /\ gpc_lock_writer' = self
    /\ vcpu_mmu_notifier_retry_cache_seen' = [vcpu_mmu_notifier_retry_cache_seen EXCEPT ![self] = vcpu_hva_to_pfn_retry_seen[self]]
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 107  return active != 0 or seq != seen
\*   called from 100  if not mmu_notifier_retry_cache(seen):
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_107(self) ==
    /\ pc[self] = "vcpu_107"
    /\ IF active # 0
       THEN /\ IF ~TRUE
               THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_102"]
                    /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_96"]
                    /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_107_1"]
            /\ UNCHANGED <<vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_seen, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 102  gpc.valid = True
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_102(self) ==
    /\ pc[self] = "vcpu_102"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_103"]
    /\ gpc_valid' = TRUE
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 107  return active != 0 or seq != seen
\*   called from 100  if not mmu_notifier_retry_cache(seen):
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_107_1(self) ==
    /\ pc[self] = "vcpu_107_1"
    /\ IF vcpu_mmu_notifier_retry_cache_seen[self] # None
       THEN /\ IF vcpu_mmu_notifier_retry_cache_seen[self] = "current"
               THEN /\ IF ~FALSE
                       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_102"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_96"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
               ELSE /\ IF ~TRUE
                       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_102"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_96"]
                            /\ vcpu_mmu_notifier_retry_cache_return' = [vcpu_mmu_notifier_retry_cache_return EXCEPT ![self] = FALSE]
                            /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_107"]
            /\ UNCHANGED <<vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_seen, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 103  gpc.pfn = page
\*   called from 88  hva_to_pfn_retry()
\*   called from 42  refresh()
vcpu_103(self) ==
    /\ pc[self] = "vcpu_103"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_86_1"]
    /\ gpc_pfn' = vcpu_hva_to_pfn_retry_page[self]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 44  process notifier[NOTIFIERS]:
\*   then 46  while maybe():
notifier_44(self) ==
    /\ pc[self] = "notifier_44"
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_52"]
       \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 52  with mn_lock:
\*   called from 47  invalidate_range_start()
notifier_52(self) ==
    /\ pc[self] = "notifier_52"
    /\ mn_lock_holder = None
    /\ pc' = [pc EXCEPT ![self] = "notifier_53"]
    /\ mn_lock_holder' = self
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 53  active += 1
\*   called from 47  invalidate_range_start()
notifier_53(self) ==
    /\ pc[self] = "notifier_53"
    /\ IF 0 <= active + 1 /\ active + 1 <= 1
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_53_1"]
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = active + 1]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_53"]
            /\ UNCHANGED <<notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 53  active += 1
\*   called from 47  invalidate_range_start()
notifier_53_1(self) ==
    /\ pc[self] = "notifier_53_1"
    /\ pc' = [pc EXCEPT ![self] = "notifier_52_1"]
    /\ active' = notifier_tmp1[self]
    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 52  with mn_lock:
\*   called from 47  invalidate_range_start()
notifier_52_1(self) ==
    /\ pc[self] = "notifier_52_1"
    /\ IF mn_lock_holder = self
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_73"]
            /\ mn_lock_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_52"]
            /\ UNCHANGED <<mn_lock_holder>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 73  with gpc.lock.read():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_73(self) ==
    /\ pc[self] = "notifier_73"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ pc' = [pc EXCEPT ![self] = "notifier_81"]
    /\ gpc_lock_readers' = gpc_lock_readers \cup {self}
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 81  return gpc.valid and gpc.pfn != None
\*   called from 74  if not gpc_hit():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_81(self) ==
    /\ pc[self] = "notifier_81"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_81_1"]
            /\ UNCHANGED <<notifier_tmp1, notifier_gpc_hit_return>>
       ELSE /\ IF ~FALSE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_73_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_73_2"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 81  return gpc.valid and gpc.pfn != None
\*   called from 74  if not gpc_hit():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_81_1(self) ==
    /\ pc[self] = "notifier_81_1"
    /\ IF gpc_pfn # None
       THEN /\ IF ~TRUE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_73_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_73_2"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
       ELSE /\ IF ~FALSE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_73_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_73_2"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 73  with gpc.lock.read():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_73_1(self) ==
    /\ pc[self] = "notifier_73_1"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_73"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 73  with gpc.lock.read():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_73_2(self) ==
    /\ pc[self] = "notifier_73_2"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_76"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_73"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 59  might_sleep()
\*   called from 48  zap()
notifier_59(self) ==
    /\ pc[self] = "notifier_59"
    /\ pc' = [pc EXCEPT ![self] = "notifier_60"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 76  with gpc.lock.write():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_76(self) ==
    /\ pc[self] = "notifier_76"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ pc' = [pc EXCEPT ![self] = "notifier_81_2"]
    /\ gpc_lock_writer' = self
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 60  atomic:
\*   called from 48  zap()
\*   then 62  free.add(pte)
\*   then 63  pte = None
notifier_60(self) ==
    /\ pc[self] = "notifier_60"
    /\ IF pte # None
       THEN /\ IF pte # None
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_64"]
                    /\ pte' = None
                    /\ free' = free \cup {pte}
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_62"]
                    /\ UNCHANGED <<pte, free>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_64"]
            /\ UNCHANGED <<pte, free>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 81  return gpc.valid and gpc.pfn != None
\*   called from 77  if gpc_hit():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_81_2(self) ==
    /\ pc[self] = "notifier_81_2"
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_81_3"]
            /\ UNCHANGED <<notifier_tmp1, notifier_gpc_hit_return>>
       ELSE /\ IF FALSE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_78"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_76_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 64  might_sleep()
\*   called from 48  zap()
notifier_64(self) ==
    /\ pc[self] = "notifier_64"
    /\ pc' = [pc EXCEPT ![self] = "notifier_67"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 81  return gpc.valid and gpc.pfn != None
\*   called from 77  if gpc_hit():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_81_3(self) ==
    /\ pc[self] = "notifier_81_3"
    /\ IF gpc_pfn # None
       THEN /\ IF TRUE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_78"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_76_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
       ELSE /\ IF FALSE
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_78"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_76_1"]
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 78  gpc.valid = False
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_78(self) ==
    /\ pc[self] = "notifier_78"
    /\ pc' = [pc EXCEPT ![self] = "notifier_76_1"]
    /\ gpc_valid' = FALSE
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 76  with gpc.lock.write():
\*   called from 55  gfn_to_pfn_cache_invalidate()
\*   called from 47  invalidate_range_start()
notifier_76_1(self) ==
    /\ pc[self] = "notifier_76_1"
    /\ IF gpc_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
            /\ gpc_lock_writer' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_76"]
            /\ UNCHANGED <<gpc_lock_writer>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 67  seq += 1
\*   called from 49  invalidate_range_end()
notifier_67(self) ==
    /\ pc[self] = "notifier_67"
    /\ pc' = [pc EXCEPT ![self] = "notifier_68"]
    /\ vcpu_mmu_notifier_retry_cache_seen' = [k0 \in Vcpus |-> IF vcpu_mmu_notifier_retry_cache_seen[k0] = "current" THEN "outdated" ELSE vcpu_mmu_notifier_retry_cache_seen[k0]]
    /\ vcpu_hva_to_pfn_retry_seen' = [k0_2 \in Vcpus |-> IF vcpu_hva_to_pfn_retry_seen[k0_2] = "current" THEN "outdated" ELSE vcpu_hva_to_pfn_retry_seen[k0_2]]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 68  with mn_lock:
\*   called from 49  invalidate_range_end()
notifier_68(self) ==
    /\ pc[self] = "notifier_68"
    /\ mn_lock_holder = None
    /\ pc' = [pc EXCEPT ![self] = "notifier_69"]
    /\ mn_lock_holder' = self
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 69  active -= 1
\*   called from 49  invalidate_range_end()
notifier_69(self) ==
    /\ pc[self] = "notifier_69"
    /\ IF 0 <= active - 1 /\ active - 1 <= 1
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_69_1"]
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = active - 1]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_69"]
            /\ UNCHANGED <<notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 69  active -= 1
\*   called from 49  invalidate_range_end()
notifier_69_1(self) ==
    /\ pc[self] = "notifier_69_1"
    /\ pc' = [pc EXCEPT ![self] = "notifier_68_1"]
    /\ active' = notifier_tmp1[self]
    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, mn_lock_holder, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 68  with mn_lock:
\*   called from 49  invalidate_range_end()
\*   then 46  while maybe():
notifier_68_1(self) ==
    /\ pc[self] = "notifier_68_1"
    /\ IF mn_lock_holder = self
       THEN /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_52"]
                  /\ mn_lock_holder' = None
               \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
                  /\ mn_lock_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_68"]
            /\ UNCHANGED <<mn_lock_holder>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_cache_return, vcpu_mmu_notifier_retry_cache_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

vcpu(self) ==
    \/ vcpu_35(self)
    \/ vcpu_36(self)
    \/ vcpu_37(self)
    \/ vcpu_36_1(self)
    \/ vcpu_36_2(self)
    \/ vcpu_85(self)
    \/ vcpu_86(self)
    \/ vcpu_87(self)
    \/ vcpu_86_1(self)
    \/ vcpu_94(self)
    \/ vcpu_85_1(self)
    \/ vcpu_96(self)
    \/ vcpu_97(self)
    \/ vcpu_111(self)
    \/ vcpu_112(self)
    \/ vcpu_99(self)
    \/ vcpu_107(self)
    \/ vcpu_102(self)
    \/ vcpu_107_1(self)
    \/ vcpu_103(self)

notifier(self) ==
    \/ notifier_44(self)
    \/ notifier_52(self)
    \/ notifier_53(self)
    \/ notifier_53_1(self)
    \/ notifier_52_1(self)
    \/ notifier_73(self)
    \/ notifier_81(self)
    \/ notifier_81_1(self)
    \/ notifier_73_1(self)
    \/ notifier_73_2(self)
    \/ notifier_59(self)
    \/ notifier_76(self)
    \/ notifier_60(self)
    \/ notifier_81_2(self)
    \/ notifier_64(self)
    \/ notifier_81_3(self)
    \/ notifier_78(self)
    \/ notifier_76_1(self)
    \/ notifier_67(self)
    \/ notifier_68(self)
    \/ notifier_69(self)
    \/ notifier_69_1(self)
    \/ notifier_68_1(self)

Terminating ==
    /\ \/ \E self \in Tasks : pc[self] \in {"vcpu_halt_36", "vcpu_halt_86", "vcpu_halt_85", "vcpu_halt_97", "vcpu_halt_115", "vcpu_halt_114", "vcpu_halt_107", "notifier_halt_53", "notifier_halt_52", "notifier_halt_73", "notifier_halt_62", "notifier_halt_76", "notifier_halt_69", "notifier_halt_68"}
    /\ UNCHANGED vars

Next ==
    \/ \E self \in Vcpus : vcpu(self)
    \/ \E self \in Notifiers : notifier(self)
    \/ Terminating

Spec == Init /\ [][Next]_vars

\* error PFN used
error_PFN_used ==
    /\ \A self \in Vcpus : pc[self] = "vcpu_36_1" => gpc_pfn # None

\* stale PFN used
stale_PFN_used ==
    /\ \A self \in Vcpus : pc[self] = "vcpu_36_1" => (gpc_pfn = None \/ gpc_pfn = pte)

\* deadlock
deadlock ==
    LET Blockers(self) ==
        IF pc[self] \in {"vcpu_36", "notifier_73"} THEN ({gpc_lock_writer} \ {None}) \cup (gpc_lock_readers \cap {self}) ELSE
        IF pc[self] = "vcpu_85" THEN {gpc_refresh_lock_holder} \ {None} ELSE
        IF pc[self] \in {"vcpu_86", "vcpu_99", "notifier_76"} THEN ({gpc_lock_writer} \ {None}) \cup gpc_lock_readers ELSE
        IF pc[self] \in {"notifier_52", "notifier_68"} THEN {mn_lock_holder} \ {None} ELSE {}
        waiting == {t \in Tasks : Blockers(t) # {}}
    IN \A group \in (SUBSET waiting) \ {{}} : \E t \in group : Blockers(t) \cap group = {}

\* out_of_range
out_of_range ==
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_53", "notifier_halt_69"})

\* none_used
none_used ==
    /\ \A self \in Vcpus : ~(pc[self] \in {"vcpu_halt_115", "vcpu_halt_107"})
    /\ \A self \in Notifiers : ~(pc[self] = "notifier_halt_62")

\* empty_choice
empty_choice ==
    /\ \A self \in Vcpus : ~(pc[self] = "vcpu_halt_114")

\* bad_unlock
bad_unlock ==
    /\ \A self \in Vcpus : ~(pc[self] \in {"vcpu_halt_36", "vcpu_halt_86", "vcpu_halt_85", "vcpu_halt_97"})
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_52", "notifier_halt_73", "notifier_halt_76", "notifier_halt_68"})

\* sleep_in_atomic
sleep_in_atomic ==
    /\ \A self \in Vcpus : pc[self] \in {"vcpu_35", "vcpu_85", "vcpu_111"} => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(mn_lock_holder = self))
    /\ \A self \in Notifiers : pc[self] \in {"notifier_59", "notifier_64"} => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(mn_lock_holder = self))

\* ends_holding
ends_holding ==
    /\ \A self \in Notifiers : pc[self] = "notifier_end" => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(gpc_refresh_lock_holder = self) /\ ~(mn_lock_holder = self))

====
