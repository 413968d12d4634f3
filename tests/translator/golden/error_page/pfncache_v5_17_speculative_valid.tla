---- MODULE pfncache_v5_17_speculative_valid ----
\* made by pfnspec from v5_17_speculative_valid.pfn
\* const VCPUS = 2
\* const NOTIFIERS = 1
\* const PAGES = 2
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS None, vcpu_0, vcpu_1, notifier_0, Pfn_0, Pfn_1

Vcpus == {vcpu_0, vcpu_1}
Notifiers == {notifier_0}
Tasks == Vcpus \cup Notifiers

VARIABLES
    pc,                                  \* control: control, one per task
    gpc_lock_writer,                     \* lock: gpc.lock.writer
    gpc_lock_readers,                    \* lock: gpc.lock.readers
    gpc_refresh_lock_holder,             \* lock: gpc.refresh_lock.holder
    gpc_valid,                           \* shared: gpc.valid
    gpc_pfn,                             \* shared: gpc.pfn
    active,                              \* shared: active
    mn_lock_holder,                      \* lock: mn_lock.holder
    pte,                                 \* shared: pte
    free,                                \* shared: free
    in_progress,                         \* shared: in_progress
    mmu_lock_holder,                     \* lock: mmu_lock.holder
    vcpu_refresh_page,                   \* local: refresh.page, one per vcpu
    vcpu_hva_to_pfn_retry_return,        \* temporary: hva_to_pfn_retry.(return), one per vcpu
    vcpu_hva_to_pfn_retry_page,          \* local: hva_to_pfn_retry.page, one per vcpu
    vcpu_mmu_notifier_retry_hva_return,  \* temporary: mmu_notifier_retry_hva.(return), one per vcpu
    vcpu_mmu_notifier_retry_hva_seen,    \* local: mmu_notifier_retry_hva.seen, one per vcpu
    vcpu_tmp1,                           \* temporary: (tmp1), one per vcpu
    vcpu_hva_to_pfn_retry_seen,          \* local: hva_to_pfn_retry.seen, one per vcpu
    vcpu_hva_to_pfn_return,              \* temporary: hva_to_pfn.(return), one per vcpu
    notifier_tmp1,                       \* temporary: (tmp1), one per notifier
    notifier_gpc_hit_return             \* temporary: gpc_hit.(return), one per notifier

vars == <<pc, gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

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
    /\ in_progress = 0
    /\ mmu_lock_holder = None
    /\ vcpu_refresh_page = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_retry_return = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_retry_page = [self \in Vcpus |-> None]
    /\ vcpu_mmu_notifier_retry_hva_return = [self \in Vcpus |-> FALSE]
    /\ vcpu_mmu_notifier_retry_hva_seen = [self \in Vcpus |-> None]
    /\ vcpu_tmp1 = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_retry_seen = [self \in Vcpus |-> None]
    /\ vcpu_hva_to_pfn_return = [self \in Vcpus |-> None]
    /\ notifier_tmp1 = [self \in Notifiers |-> None]
    /\ notifier_gpc_hit_return = [self \in Notifiers |-> FALSE]

\* 35  with gpc.lock.read():
\*   then 36  if gpc.valid:
\*   then 34  page: Pfn | None = None
vcpu_35(self) ==
    /\ pc[self] = "vcpu_35"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ LET gpc_lock_readers_2 == gpc_lock_readers \cup {self}
       IN /\ IF gpc_valid
             THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35_1"]
                  /\ gpc_lock_readers' = gpc_lock_readers_2
                  /\ UNCHANGED <<vcpu_refresh_page>>
             ELSE /\ IF self \in gpc_lock_readers_2
                     THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35_3"]
                          /\ gpc_lock_readers' = gpc_lock_readers_2 \ {self}
                          /\ vcpu_refresh_page' = [vcpu_refresh_page EXCEPT ![self] = None]
                     ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_35"]
                          /\ gpc_lock_readers' = gpc_lock_readers_2
                          /\ UNCHANGED <<vcpu_refresh_page>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 35  with gpc.lock.read():
\*   then 34  cond_resched()  # the run loop
vcpu_35_1(self) ==
    /\ pc[self] = "vcpu_35_1"
    /\ IF self \in gpc_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
            /\ gpc_lock_readers' = gpc_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_35"]
            /\ UNCHANGED <<gpc_lock_readers>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 35  with gpc.lock.write():
\*   called from 41  refresh()
\*   then 36  if gpc.valid:
\*   then 34  cond_resched()  # the run loop
\*   then 38  gpc.pfn = None
\*   then 39  gpc.valid = True
\*   then 46  page: Pfn | None = None
vcpu_35_3(self) ==
    /\ pc[self] = "vcpu_35_3"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ IF gpc_valid
       THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
            /\ gpc_lock_writer' = None
            /\ UNCHANGED <<gpc_valid, gpc_pfn, vcpu_hva_to_pfn_retry_page, vcpu_hva_to_pfn_retry_seen>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_48"]
            /\ gpc_lock_writer' = None
            /\ gpc_valid' = TRUE
            /\ gpc_pfn' = IF TRUE = FALSE THEN None ELSE None
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 48  seen = seq
\*   called from 40  page = hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 110  might_sleep()
vcpu_48(self) ==
    /\ pc[self] = "vcpu_48"
    /\ pc' = [pc EXCEPT ![self] = "vcpu_111"]
    /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = "current"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 111  atomic:
\*   called from 49  page = hva_to_pfn()
\*   called from 40  page = hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 112  if pte == None:
\*   then 113  pte = choose(free)
\*   then 114  free.remove(pte)
\*   then 115  return pte
\*   then 49  page = hva_to_pfn()
\*   then 50  if not mmu_notifier_retry_hva(seen):
\*   hva_to_pfn_retry.seen: not read again, so reset
vcpu_111(self) ==
    /\ pc[self] = "vcpu_111"
    /\ IF pte = None
       THEN /\ IF free # {}
               THEN /\ \E chosen_113_19 \in free :
                           /\ IF chosen_113_19 # None
                              THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_55"]
                                   /\ pte' = chosen_113_19
                                   /\ free' = free \ {chosen_113_19}
                                   /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = chosen_113_19]
                                   /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = vcpu_hva_to_pfn_retry_seen[self]]
                                   /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                                   /\ vcpu_hva_to_pfn_return' = [vcpu_hva_to_pfn_return EXCEPT ![self] = None]
                              ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_114"]
                                   /\ pte' = chosen_113_19
                                   /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                                   /\ UNCHANGED <<free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_seen, vcpu_hva_to_pfn_return>>
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_113"]
                    /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
                    /\ UNCHANGED <<pte, free, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_seen, vcpu_hva_to_pfn_return>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_55"]
            /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = pte]
            /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = vcpu_hva_to_pfn_retry_seen[self]]
            /\ vcpu_hva_to_pfn_retry_seen' = [vcpu_hva_to_pfn_retry_seen EXCEPT ![self] = None]
            /\ vcpu_hva_to_pfn_return' = [vcpu_hva_to_pfn_return EXCEPT ![self] = None]
            /\ UNCHANGED <<pte, free>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_mmu_notifier_retry_hva_return, vcpu_tmp1, notifier_tmp1, notifier_gpc_hit_return>>

\* 55  with mmu_lock:
\*   called from 50  if not mmu_notifier_retry_hva(seen):
\*   called from 40  page = hva_to_pfn_retry()
\*   called from 41  refresh()
\*   then 56  return in_progress != 0 or seq != seen
\*   then 40  page = hva_to_pfn_retry()
\*   then 52  cond_resched()
\*   hva_to_pfn_retry.page, mmu_notifier_retry_hva.seen: not read again, so reset
vcpu_55(self) ==
    /\ pc[self] = "vcpu_55"
    /\ mmu_lock_holder = None
    /\ IF in_progress # 0
       THEN /\ IF ~TRUE
               THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_41"]
                    /\ mmu_lock_holder' = None
                    /\ vcpu_refresh_page' = [vcpu_refresh_page EXCEPT ![self] = vcpu_hva_to_pfn_retry_page[self]]
                    /\ vcpu_hva_to_pfn_retry_return' = [vcpu_hva_to_pfn_retry_return EXCEPT ![self] = None]
                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                    /\ vcpu_mmu_notifier_retry_hva_return' = [vcpu_mmu_notifier_retry_hva_return EXCEPT ![self] = FALSE]
                    /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = None]
                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_48"]
                    /\ mmu_lock_holder' = None
                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                    /\ vcpu_mmu_notifier_retry_hva_return' = [vcpu_mmu_notifier_retry_hva_return EXCEPT ![self] = FALSE]
                    /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = None]
                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                    /\ UNCHANGED <<vcpu_refresh_page, vcpu_hva_to_pfn_retry_return>>
       ELSE /\ IF vcpu_mmu_notifier_retry_hva_seen[self] # None
               THEN /\ IF vcpu_mmu_notifier_retry_hva_seen[self] = "current"
                       THEN /\ IF ~FALSE
                               THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_41"]
                                    /\ mmu_lock_holder' = None
                                    /\ vcpu_refresh_page' = [vcpu_refresh_page EXCEPT ![self] = vcpu_hva_to_pfn_retry_page[self]]
                                    /\ vcpu_hva_to_pfn_retry_return' = [vcpu_hva_to_pfn_retry_return EXCEPT ![self] = None]
                                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                    /\ vcpu_mmu_notifier_retry_hva_return' = [vcpu_mmu_notifier_retry_hva_return EXCEPT ![self] = FALSE]
                                    /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = None]
                                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_48"]
                                    /\ mmu_lock_holder' = None
                                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                    /\ vcpu_mmu_notifier_retry_hva_return' = [vcpu_mmu_notifier_retry_hva_return EXCEPT ![self] = FALSE]
                                    /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = None]
                                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                    /\ UNCHANGED <<vcpu_refresh_page, vcpu_hva_to_pfn_retry_return>>
                       ELSE /\ IF ~TRUE
                               THEN /\ pc' = [pc EXCEPT ![self] = "vcpu_41"]
                                    /\ mmu_lock_holder' = None
                                    /\ vcpu_refresh_page' = [vcpu_refresh_page EXCEPT ![self] = vcpu_hva_to_pfn_retry_page[self]]
                                    /\ vcpu_hva_to_pfn_retry_return' = [vcpu_hva_to_pfn_retry_return EXCEPT ![self] = None]
                                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                    /\ vcpu_mmu_notifier_retry_hva_return' = [vcpu_mmu_notifier_retry_hva_return EXCEPT ![self] = FALSE]
                                    /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = None]
                                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_48"]
                                    /\ mmu_lock_holder' = None
                                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                                    /\ vcpu_mmu_notifier_retry_hva_return' = [vcpu_mmu_notifier_retry_hva_return EXCEPT ![self] = FALSE]
                                    /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = None]
                                    /\ vcpu_tmp1' = [vcpu_tmp1 EXCEPT ![self] = None]
                                    /\ UNCHANGED <<vcpu_refresh_page, vcpu_hva_to_pfn_retry_return>>
               ELSE /\ pc' = [pc EXCEPT ![self] = "vcpu_halt_56"]
                    /\ mmu_lock_holder' = self
                    /\ vcpu_hva_to_pfn_retry_page' = [vcpu_hva_to_pfn_retry_page EXCEPT ![self] = None]
                    /\ vcpu_mmu_notifier_retry_hva_seen' = [vcpu_mmu_notifier_retry_hva_seen EXCEPT ![self] = None]
                    /\ UNCHANGED <<vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_mmu_notifier_retry_hva_return, vcpu_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, in_progress, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 41  with gpc.lock.write():
\*   called from 41  refresh()
\*   then 42  gpc.pfn = page  # valid may have been cleared meanwhile
\*   then 34  cond_resched()  # the run loop
\*   refresh.page: not read again, so reset
vcpu_41(self) ==
    /\ pc[self] = "vcpu_41"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ pc' = [pc EXCEPT ![self] = "vcpu_35"]
    /\ gpc_lock_writer' = None
    /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE vcpu_refresh_page[self]
    /\ vcpu_refresh_page' = [vcpu_refresh_page EXCEPT ![self] = None]
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 43  process notifier[NOTIFIERS]:
\*   then 45  while maybe():
notifier_43(self) ==
    /\ pc[self] = "notifier_43"
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_18"]
       \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 18  with mn_lock:
\*   called from 46  invalidate_range_start()
\*   then 19  active += 1
notifier_18(self) ==
    /\ pc[self] = "notifier_18"
    /\ mn_lock_holder = None
    /\ IF 0 <= active + 1 /\ active + 1 <= 1
       THEN LET notifier_tmp1_2 == active + 1
            IN /\ pc' = [pc EXCEPT ![self] = "notifier_72"]
               /\ active' = notifier_tmp1_2
               /\ mn_lock_holder' = None
               /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_19"]
            /\ mn_lock_holder' = self
            /\ UNCHANGED <<active, notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 72  with gpc.lock.read():
\*   called from 21  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
\*   then 80  return gpc.valid and gpc.pfn != None
notifier_72(self) ==
    /\ pc[self] = "notifier_72"
    /\ (gpc_lock_writer = None /\ ~(self \in gpc_lock_readers))
    /\ LET gpc_lock_readers_3 == gpc_lock_readers \cup {self}
       IN /\ IF gpc_valid
             THEN /\ IF gpc_pfn # None
                     THEN /\ IF ~TRUE
                             THEN /\ IF self \in gpc_lock_readers_3
                                     THEN /\ pc' = [pc EXCEPT ![self] = "notifier_22"]
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
                                     THEN /\ pc' = [pc EXCEPT ![self] = "notifier_22"]
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
                             THEN /\ pc' = [pc EXCEPT ![self] = "notifier_22"]
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
    /\ UNCHANGED <<gpc_lock_writer, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

\* 22  with mmu_lock:
\*   called from 46  invalidate_range_start()
\*   then 23  in_progress += 1
\*   then 58  might_sleep()
notifier_22(self) ==
    /\ pc[self] = "notifier_22"
    /\ mmu_lock_holder = None
    /\ IF 0 <= in_progress + 1 /\ in_progress + 1 <= 1
       THEN LET notifier_tmp1_3 == in_progress + 1
            IN /\ pc' = [pc EXCEPT ![self] = "notifier_59"]
               /\ in_progress' = notifier_tmp1_3
               /\ mmu_lock_holder' = None
               /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_23"]
            /\ mmu_lock_holder' = self
            /\ UNCHANGED <<in_progress, notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 75  with gpc.lock.write():
\*   called from 21  gfn_to_pfn_cache_invalidate()
\*   called from 46  invalidate_range_start()
\*   then 80  return gpc.valid and gpc.pfn != None
\*   then 77  gpc.valid = False
notifier_75(self) ==
    /\ pc[self] = "notifier_75"
    /\ (gpc_lock_writer = None /\ gpc_lock_readers = {})
    /\ IF gpc_valid
       THEN /\ IF gpc_pfn # None
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_22"]
                    /\ gpc_lock_writer' = None
                    /\ gpc_valid' = FALSE
                    /\ gpc_pfn' = IF FALSE = FALSE THEN None ELSE gpc_pfn
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_22"]
                    /\ gpc_lock_writer' = None
                    /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE gpc_pfn
                    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                    /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
                    /\ UNCHANGED <<gpc_valid>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_22"]
            /\ gpc_lock_writer' = None
            /\ gpc_pfn' = IF gpc_valid = FALSE THEN None ELSE gpc_pfn
            /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
            /\ notifier_gpc_hit_return' = [notifier_gpc_hit_return EXCEPT ![self] = FALSE]
            /\ UNCHANGED <<gpc_valid>>
    /\ UNCHANGED <<gpc_lock_readers, gpc_refresh_lock_holder, active, mn_lock_holder, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return>>

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
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_26"]
                    /\ pte' = None
                    /\ free' = free \cup {pte}
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_61"]
                    /\ UNCHANGED <<pte, free>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_26"]
            /\ UNCHANGED <<pte, free>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_tmp1, notifier_gpc_hit_return>>

\* 26  with mmu_lock:
\*   called from 48  invalidate_range_end()
\*   then 27  seq += 1
\*   then 28  in_progress -= 1
notifier_26(self) ==
    /\ pc[self] = "notifier_26"
    /\ mmu_lock_holder = None
    /\ IF 0 <= in_progress - 1 /\ in_progress - 1 <= 1
       THEN LET notifier_tmp1_4 == in_progress - 1
            IN /\ pc' = [pc EXCEPT ![self] = "notifier_29"]
               /\ in_progress' = notifier_tmp1_4
               /\ mmu_lock_holder' = None
               /\ vcpu_mmu_notifier_retry_hva_seen' = [k0 \in Vcpus |-> IF vcpu_mmu_notifier_retry_hva_seen[k0] = "current" THEN "outdated" ELSE vcpu_mmu_notifier_retry_hva_seen[k0]]
               /\ vcpu_hva_to_pfn_retry_seen' = [k0_2 \in Vcpus |-> IF vcpu_hva_to_pfn_retry_seen[k0_2] = "current" THEN "outdated" ELSE vcpu_hva_to_pfn_retry_seen[k0_2]]
               /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_28"]
            /\ mmu_lock_holder' = self
            /\ vcpu_mmu_notifier_retry_hva_seen' = [k0 \in Vcpus |-> IF vcpu_mmu_notifier_retry_hva_seen[k0] = "current" THEN "outdated" ELSE vcpu_mmu_notifier_retry_hva_seen[k0]]
            /\ vcpu_hva_to_pfn_retry_seen' = [k0_2 \in Vcpus |-> IF vcpu_hva_to_pfn_retry_seen[k0_2] = "current" THEN "outdated" ELSE vcpu_hva_to_pfn_retry_seen[k0_2]]
            /\ UNCHANGED <<in_progress, notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, active, mn_lock_holder, pte, free, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_tmp1, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

\* 29  with mn_lock:
\*   called from 48  invalidate_range_end()
\*   then 30  active -= 1
\*   then 45  while maybe():
notifier_29(self) ==
    /\ pc[self] = "notifier_29"
    /\ mn_lock_holder = None
    /\ IF 0 <= active - 1 /\ active - 1 <= 1
       THEN LET notifier_tmp1_5 == active - 1
            IN /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_18"]
                     /\ active' = notifier_tmp1_5
                     /\ mn_lock_holder' = None
                     /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                  \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
                     /\ active' = notifier_tmp1_5
                     /\ mn_lock_holder' = None
                     /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_30"]
            /\ mn_lock_holder' = self
            /\ UNCHANGED <<active, notifier_tmp1>>
    /\ UNCHANGED <<gpc_lock_writer, gpc_lock_readers, gpc_refresh_lock_holder, gpc_valid, gpc_pfn, pte, free, in_progress, mmu_lock_holder, vcpu_refresh_page, vcpu_hva_to_pfn_retry_return, vcpu_hva_to_pfn_retry_page, vcpu_mmu_notifier_retry_hva_return, vcpu_mmu_notifier_retry_hva_seen, vcpu_tmp1, vcpu_hva_to_pfn_retry_seen, vcpu_hva_to_pfn_return, notifier_gpc_hit_return>>

vcpu(self) ==
    \/ vcpu_35(self)
    \/ vcpu_35_1(self)
    \/ vcpu_35_3(self)
    \/ vcpu_48(self)
    \/ vcpu_111(self)
    \/ vcpu_55(self)
    \/ vcpu_41(self)

notifier(self) ==
    \/ notifier_43(self)
    \/ notifier_18(self)
    \/ notifier_72(self)
    \/ notifier_22(self)
    \/ notifier_75(self)
    \/ notifier_59(self)
    \/ notifier_26(self)
    \/ notifier_29(self)

Terminating ==
    /\ \/ \E self \in Tasks : pc[self] \in {"vcpu_halt_35", "vcpu_halt_35_1", "vcpu_halt_114", "vcpu_halt_113", "vcpu_halt_55", "vcpu_halt_56", "vcpu_halt_41", "notifier_halt_19", "notifier_halt_18", "notifier_halt_72", "notifier_halt_23", "notifier_halt_75", "notifier_halt_22", "notifier_halt_61", "notifier_halt_28", "notifier_halt_26", "notifier_halt_30", "notifier_halt_29"}
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
               IF pc[self] \in {"vcpu_35_3", "vcpu_41", "notifier_75"} THEN \E other \in (({gpc_lock_writer} \ {None}) \cup gpc_lock_readers) : other \in group \/ pc[other] = "notifier_end" ELSE
               IF pc[self] \in {"vcpu_55", "notifier_22", "notifier_26"} THEN \E other \in ({mmu_lock_holder} \ {None}) : other \in group \/ pc[other] = "notifier_end" ELSE
               IF pc[self] \in {"notifier_18", "notifier_29"} THEN \E other \in ({mn_lock_holder} \ {None}) : other \in group \/ pc[other] = "notifier_end" ELSE FALSE
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
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_19", "notifier_halt_23", "notifier_halt_28", "notifier_halt_30"})

\* none_used
none_used ==
    /\ \A self \in Vcpus : ~(pc[self] \in {"vcpu_halt_114", "vcpu_halt_56"})
    /\ \A self \in Notifiers : ~(pc[self] = "notifier_halt_61")

\* empty_choice
empty_choice ==
    /\ \A self \in Vcpus : ~(pc[self] = "vcpu_halt_113")

\* bad_unlock
bad_unlock ==
    /\ \A self \in Vcpus : ~(pc[self] \in {"vcpu_halt_35", "vcpu_halt_35_1", "vcpu_halt_55", "vcpu_halt_41"})
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_18", "notifier_halt_72", "notifier_halt_75", "notifier_halt_22", "notifier_halt_26", "notifier_halt_29"})

\* ends_holding
ends_holding ==
    /\ \A self \in Notifiers : pc[self] = "notifier_end" => (~(gpc_lock_writer = self \/ self \in gpc_lock_readers) /\ ~(gpc_refresh_lock_holder = self) /\ ~(mn_lock_holder = self) /\ ~(mmu_lock_holder = self))

Symmetry == Permutations(Vcpus) \cup Permutations({Pfn_0, Pfn_1})

====
