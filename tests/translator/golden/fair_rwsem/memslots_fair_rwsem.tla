---- MODULE memslots_fair_rwsem ----
\* made by pfnspec from fair_rwsem.pfn
\* const NOTIFIERS = 2
\* const UPDATERS = 1
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS None, notifier_0, notifier_1, updater_0

Notifiers == {notifier_0, notifier_1}
Updaters == {updater_0}
Tasks == Notifiers \cup Updaters
Drop(queue, task) == SelectSeq(queue, LAMBDA other : other # task)
Before(queue, task) == {queue[i] : i \in {j \in 1..Len(queue) : \A k \in 1..j : queue[k] # task}}

VARIABLES
    pc,                                  \* control: control, one per task
    outer_holder,                        \* lock: outer.holder
    slots_lock_holder,                   \* lock: slots_lock.holder
    notifier_slots_lock_writer,          \* lock: notifier_slots_lock.writer
    notifier_slots_lock_readers,         \* lock: notifier_slots_lock.readers
    notifier_slots_lock_queue,           \* lock: notifier_slots_lock.queue
    notifier_slots_lock_queued_writers,  \* lock: notifier_slots_lock.queued_writers
    mmu_lock_holder,                     \* lock: mmu_lock.holder
    overlap,                             \* shared: overlap
    in_progress,                         \* shared: in_progress
    notifier_invalidate_end_counted,     \* local: invalidate_end.counted, one per notifier
    notifier_tmp1,                       \* temporary: (tmp1), one per notifier
    notifier_counted,                    \* local: counted, one per notifier
    notifier_invalidate_start_return,    \* temporary: invalidate_start.(return), one per notifier
    updater_tmp1,                        \* temporary: (tmp1), one per updater
    updater_tmp2                        \* temporary: (tmp2), one per updater

vars == <<pc, outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

Init ==
    /\ pc = [self \in Tasks |->
        CASE self \in Notifiers -> "notifier_23"
             [] self \in Updaters -> "updater_33"]
    /\ outer_holder = None
    /\ slots_lock_holder = None
    /\ notifier_slots_lock_writer = None
    /\ notifier_slots_lock_readers = {}
    /\ notifier_slots_lock_queue = <<>>
    /\ notifier_slots_lock_queued_writers = {}
    /\ mmu_lock_holder = None
    /\ overlap = FALSE
    /\ in_progress = 0
    /\ notifier_invalidate_end_counted = [self \in Notifiers |-> FALSE]
    /\ notifier_tmp1 = [self \in Notifiers |-> None]
    /\ notifier_counted = [self \in Notifiers |-> FALSE]
    /\ notifier_invalidate_start_return = [self \in Notifiers |-> FALSE]
    /\ updater_tmp1 = [self \in Updaters |-> None]
    /\ updater_tmp2 = [self \in Updaters |-> None]

\* 23  process notifier[NOTIFIERS]:
\*   then 24  counted: bool = False
\*   then 25  while maybe():
notifier_23(self) ==
    /\ pc[self] = "notifier_23"
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_26"]
          /\ notifier_counted' = [notifier_counted EXCEPT ![self] = FALSE]
       \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
          /\ notifier_counted' = [notifier_counted EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 26  with outer:
notifier_26(self) ==
    /\ pc[self] = "notifier_26"
    /\ outer_holder = None
    /\ pc' = [pc EXCEPT ![self] = "notifier_41"]
    /\ outer_holder' = self
    /\ UNCHANGED <<slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 41  notifier_slots_lock.down_read()
\*   called from 27  block_memslots()
notifier_41(self) ==
    /\ pc[self] = "notifier_41"
    /\ IF notifier_slots_lock_writer = None /\ ~(self \in notifier_slots_lock_readers) /\ notifier_slots_lock_queue = <<>>
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_52"]
            /\ notifier_slots_lock_readers' = notifier_slots_lock_readers \cup {self}
            /\ UNCHANGED <<notifier_slots_lock_queue>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_41_1"]
            /\ notifier_slots_lock_queue' = Append(notifier_slots_lock_queue, self)
            /\ UNCHANGED <<notifier_slots_lock_readers>>
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 52  if overlap:
\*   called from 28  counted = invalidate_start()
\*   then 28  counted = invalidate_start()
\*   then 26  with outer:
\*   counted: not read again, so reset
notifier_52(self) ==
    /\ pc[self] = "notifier_52"
    /\ IF overlap
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_53"]
            /\ UNCHANGED <<outer_holder, notifier_counted, notifier_invalidate_start_return>>
       ELSE /\ IF outer_holder = self
               THEN /\ pc' = [pc EXCEPT ![self] = "notifier_29"]
                    /\ outer_holder' = None
                    /\ notifier_counted' = [notifier_counted EXCEPT ![self] = FALSE]
                    /\ notifier_invalidate_start_return' = [notifier_invalidate_start_return EXCEPT ![self] = FALSE]
               ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_26"]
                    /\ notifier_counted' = [notifier_counted EXCEPT ![self] = FALSE]
                    /\ notifier_invalidate_start_return' = [notifier_invalidate_start_return EXCEPT ![self] = FALSE]
                    /\ UNCHANGED <<outer_holder>>
    /\ UNCHANGED <<slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, updater_tmp1, updater_tmp2>>

\* 41  notifier_slots_lock.down_read()
\*   called from 27  block_memslots()
notifier_41_1(self) ==
    /\ pc[self] = "notifier_41_1"
    /\ (notifier_slots_lock_writer = None /\ ~(self \in notifier_slots_lock_readers) /\ Before(notifier_slots_lock_queue, self) \cap notifier_slots_lock_queued_writers = {})
    /\ pc' = [pc EXCEPT ![self] = "notifier_52"]
    /\ notifier_slots_lock_readers' = notifier_slots_lock_readers \cup {self}
    /\ notifier_slots_lock_queue' = Drop(notifier_slots_lock_queue, self)
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 53  with mmu_lock:
\*   called from 28  counted = invalidate_start()
\*   then 54  in_progress += 1
\*   then 28  counted = invalidate_start()
\*   then 26  with outer:
\*   counted: not read again, so reset
notifier_53(self) ==
    /\ pc[self] = "notifier_53"
    /\ mmu_lock_holder = None
    /\ IF 0 <= in_progress + 1 /\ in_progress + 1 <= 2
       THEN LET notifier_tmp1_2 == in_progress + 1
            IN /\ IF outer_holder = self
                  THEN /\ pc' = [pc EXCEPT ![self] = "notifier_29"]
                       /\ outer_holder' = None
                       /\ mmu_lock_holder' = None
                       /\ in_progress' = notifier_tmp1_2
                       /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                       /\ notifier_counted' = [notifier_counted EXCEPT ![self] = TRUE]
                       /\ notifier_invalidate_start_return' = [notifier_invalidate_start_return EXCEPT ![self] = FALSE]
                  ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_26"]
                       /\ mmu_lock_holder' = None
                       /\ in_progress' = notifier_tmp1_2
                       /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
                       /\ notifier_counted' = [notifier_counted EXCEPT ![self] = FALSE]
                       /\ notifier_invalidate_start_return' = [notifier_invalidate_start_return EXCEPT ![self] = FALSE]
                       /\ UNCHANGED <<outer_holder>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_54"]
            /\ mmu_lock_holder' = self
            /\ UNCHANGED <<outer_holder, in_progress, notifier_tmp1, notifier_counted, notifier_invalidate_start_return>>
    /\ UNCHANGED <<slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, overlap, notifier_invalidate_end_counted, updater_tmp1, updater_tmp2>>

\* 29  with outer:
\*   then 30  invalidate_end(counted)
\*   counted: not read again, so reset
notifier_29(self) ==
    /\ pc[self] = "notifier_29"
    /\ outer_holder = None
    /\ pc' = [pc EXCEPT ![self] = "notifier_61"]
    /\ outer_holder' = self
    /\ notifier_invalidate_end_counted' = [notifier_invalidate_end_counted EXCEPT ![self] = notifier_counted[self]]
    /\ notifier_counted' = [notifier_counted EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_tmp1, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 61  if overlap:
\*   called from 30  invalidate_end(counted)
\*   invalidate_end.counted: not read again, so reset
notifier_61(self) ==
    /\ pc[self] = "notifier_61"
    /\ IF overlap
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_62"]
            /\ notifier_invalidate_end_counted' = [notifier_invalidate_end_counted EXCEPT ![self] = FALSE]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_44"]
            /\ notifier_invalidate_end_counted' = [notifier_invalidate_end_counted EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 62  with mmu_lock:
\*   called from 30  invalidate_end(counted)
\*   then 63  in_progress -= 1
notifier_62(self) ==
    /\ pc[self] = "notifier_62"
    /\ mmu_lock_holder = None
    /\ IF 0 <= in_progress - 1 /\ in_progress - 1 <= 2
       THEN LET notifier_tmp1_3 == in_progress - 1
            IN /\ pc' = [pc EXCEPT ![self] = "notifier_44"]
               /\ mmu_lock_holder' = None
               /\ in_progress' = notifier_tmp1_3
               /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_63"]
            /\ mmu_lock_holder' = self
            /\ UNCHANGED <<in_progress, notifier_tmp1>>
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, overlap, notifier_invalidate_end_counted, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 44  notifier_slots_lock.up_read()
\*   called from 31  unblock_memslots()
notifier_44(self) ==
    /\ pc[self] = "notifier_44"
    /\ IF self \in notifier_slots_lock_readers
       THEN /\ pc' = [pc EXCEPT ![self] = "notifier_29_1"]
            /\ notifier_slots_lock_readers' = notifier_slots_lock_readers \ {self}
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_44"]
            /\ UNCHANGED <<notifier_slots_lock_readers>>
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 29  with outer:
\*   then 25  while maybe():
notifier_29_1(self) ==
    /\ pc[self] = "notifier_29_1"
    /\ IF outer_holder = self
       THEN /\ \/ /\ pc' = [pc EXCEPT ![self] = "notifier_26"]
                  /\ outer_holder' = None
               \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
                  /\ outer_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_29"]
            /\ UNCHANGED <<outer_holder>>
    /\ UNCHANGED <<slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 33  process updater[UPDATERS]:
\*   then 34  while maybe():
updater_33(self) ==
    /\ pc[self] = "updater_33"
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "updater_35"]
       \/ /\ pc' = [pc EXCEPT ![self] = "updater_end"]
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 35  with slots_lock:
updater_35(self) ==
    /\ pc[self] = "updater_35"
    /\ slots_lock_holder = None
    /\ pc' = [pc EXCEPT ![self] = "updater_47"]
    /\ slots_lock_holder' = self
    /\ UNCHANGED <<outer_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 47  with notifier_slots_lock.write():
\*   called from 37  install_new_memslots()
\*   then 48  overlap = maybe()
updater_47(self) ==
    /\ pc[self] = "updater_47"
    /\ IF notifier_slots_lock_writer = None /\ notifier_slots_lock_readers = {} /\ notifier_slots_lock_queue = <<>>
       THEN /\ \/ /\ pc' = [pc EXCEPT ![self] = "updater_48"]
                  /\ notifier_slots_lock_writer' = self
                  /\ updater_tmp1' = [updater_tmp1 EXCEPT ![self] = TRUE]
                  /\ UNCHANGED <<notifier_slots_lock_queue, notifier_slots_lock_queued_writers, updater_tmp2>>
               \/ /\ pc' = [pc EXCEPT ![self] = "updater_48_1"]
                  /\ notifier_slots_lock_writer' = self
                  /\ updater_tmp2' = [updater_tmp2 EXCEPT ![self] = FALSE]
                  /\ UNCHANGED <<notifier_slots_lock_queue, notifier_slots_lock_queued_writers, updater_tmp1>>
       ELSE /\ pc' = [pc EXCEPT ![self] = "updater_47_1"]
            /\ notifier_slots_lock_queue' = Append(notifier_slots_lock_queue, self)
            /\ notifier_slots_lock_queued_writers' = notifier_slots_lock_queued_writers \cup {self}
            /\ UNCHANGED <<notifier_slots_lock_writer, updater_tmp1, updater_tmp2>>
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_readers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return>>

\* 48  overlap = maybe()
\*   called from 37  install_new_memslots()
updater_48(self) ==
    /\ pc[self] = "updater_48"
    /\ pc' = [pc EXCEPT ![self] = "updater_47_2"]
    /\ overlap' = updater_tmp1[self]
    /\ updater_tmp1' = [updater_tmp1 EXCEPT ![self] = None]
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp2>>

\* 48  overlap = maybe()
\*   called from 37  install_new_memslots()
updater_48_1(self) ==
    /\ pc[self] = "updater_48_1"
    /\ pc' = [pc EXCEPT ![self] = "updater_47_2"]
    /\ overlap' = updater_tmp2[self]
    /\ updater_tmp2' = [updater_tmp2 EXCEPT ![self] = None]
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1>>

\* 47  with notifier_slots_lock.write():
\*   called from 37  install_new_memslots()
\*   then 48  overlap = maybe()
updater_47_1(self) ==
    /\ pc[self] = "updater_47_1"
    /\ (notifier_slots_lock_writer = None /\ notifier_slots_lock_readers = {} /\ Before(notifier_slots_lock_queue, self) = {})
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "updater_48"]
          /\ notifier_slots_lock_writer' = self
          /\ notifier_slots_lock_queue' = Drop(notifier_slots_lock_queue, self)
          /\ notifier_slots_lock_queued_writers' = notifier_slots_lock_queued_writers \ {self}
          /\ updater_tmp1' = [updater_tmp1 EXCEPT ![self] = TRUE]
          /\ UNCHANGED <<updater_tmp2>>
       \/ /\ pc' = [pc EXCEPT ![self] = "updater_48_1"]
          /\ notifier_slots_lock_writer' = self
          /\ notifier_slots_lock_queue' = Drop(notifier_slots_lock_queue, self)
          /\ notifier_slots_lock_queued_writers' = notifier_slots_lock_queued_writers \ {self}
          /\ updater_tmp2' = [updater_tmp2 EXCEPT ![self] = FALSE]
          /\ UNCHANGED <<updater_tmp1>>
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_readers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return>>

\* 47  with notifier_slots_lock.write():
\*   called from 37  install_new_memslots()
updater_47_2(self) ==
    /\ pc[self] = "updater_47_2"
    /\ IF notifier_slots_lock_writer = self
       THEN /\ pc' = [pc EXCEPT ![self] = "updater_35_1"]
            /\ notifier_slots_lock_writer' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "updater_halt_47"]
            /\ UNCHANGED <<notifier_slots_lock_writer>>
    /\ UNCHANGED <<outer_holder, slots_lock_holder, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

\* 35  with slots_lock:
\*   then 34  while maybe():
updater_35_1(self) ==
    /\ pc[self] = "updater_35_1"
    /\ IF slots_lock_holder = self
       THEN /\ \/ /\ pc' = [pc EXCEPT ![self] = "updater_35"]
                  /\ slots_lock_holder' = None
               \/ /\ pc' = [pc EXCEPT ![self] = "updater_end"]
                  /\ slots_lock_holder' = None
       ELSE /\ pc' = [pc EXCEPT ![self] = "updater_halt_35"]
            /\ UNCHANGED <<slots_lock_holder>>
    /\ UNCHANGED <<outer_holder, notifier_slots_lock_writer, notifier_slots_lock_readers, notifier_slots_lock_queue, notifier_slots_lock_queued_writers, mmu_lock_holder, overlap, in_progress, notifier_invalidate_end_counted, notifier_tmp1, notifier_counted, notifier_invalidate_start_return, updater_tmp1, updater_tmp2>>

notifier(self) ==
    \/ notifier_23(self)
    \/ notifier_26(self)
    \/ notifier_41(self)
    \/ notifier_52(self)
    \/ notifier_41_1(self)
    \/ notifier_53(self)
    \/ notifier_29(self)
    \/ notifier_61(self)
    \/ notifier_62(self)
    \/ notifier_44(self)
    \/ notifier_29_1(self)

updater(self) ==
    \/ updater_33(self)
    \/ updater_35(self)
    \/ updater_47(self)
    \/ updater_48(self)
    \/ updater_48_1(self)
    \/ updater_47_1(self)
    \/ updater_47_2(self)
    \/ updater_35_1(self)

Terminating ==
    /\ \/ \E self \in Tasks : pc[self] \in {"notifier_halt_26", "notifier_halt_54", "notifier_halt_53", "notifier_halt_44", "notifier_halt_63", "notifier_halt_29", "notifier_halt_62", "updater_halt_47", "updater_halt_35"}
       \/ (\A self \in Notifiers : pc[self] = "notifier_end") /\ (\A self \in Updaters : pc[self] = "updater_end")
    /\ UNCHANGED vars

Next ==
    \/ \E self \in Notifiers : notifier(self)
    \/ \E self \in Updaters : updater(self)
    \/ Terminating

Spec == Init /\ [][Next]_vars

\* start and end saw different memslots
start_and_end_saw_different_memslots ==
    /\ \A self \in Notifiers : pc[self] = "notifier_61" => overlap = notifier_invalidate_end_counted[self]

\* deadlock
deadlock ==
    /\ LET Stays(self, group) ==
               IF pc[self] \in {"notifier_26", "notifier_29"} THEN \E other \in ({outer_holder} \ {None}) : other \in group \/ pc[other] = "notifier_end" ELSE
               IF pc[self] = "notifier_41_1" THEN \E other \in (({notifier_slots_lock_writer} \ {None}) \cup (notifier_slots_lock_readers \cap {self}) \cup (Before(notifier_slots_lock_queue, self) \cap notifier_slots_lock_queued_writers)) : other \in group \/ pc[other] \in {"notifier_end", "updater_end"} ELSE
               IF pc[self] \in {"notifier_53", "notifier_62"} THEN \E other \in ({mmu_lock_holder} \ {None}) : other \in group \/ pc[other] = "notifier_end" ELSE
               IF pc[self] = "updater_35" THEN \E other \in ({slots_lock_holder} \ {None}) : other \in group \/ pc[other] = "updater_end" ELSE
               IF pc[self] = "updater_47_1" THEN \E other \in (({notifier_slots_lock_writer} \ {None}) \cup notifier_slots_lock_readers \cup Before(notifier_slots_lock_queue, self)) : other \in group \/ pc[other] \in {"notifier_end", "updater_end"} ELSE FALSE
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
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_54", "notifier_halt_63"})

\* bad_unlock
bad_unlock ==
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_26", "notifier_halt_53", "notifier_halt_44", "notifier_halt_29", "notifier_halt_62"})
    /\ \A self \in Updaters : ~(pc[self] \in {"updater_halt_47", "updater_halt_35"})

\* sleep_in_atomic
sleep_in_atomic ==
    /\ \A self \in Notifiers : pc[self] \in {"notifier_26", "notifier_41", "notifier_29"} => ~(mmu_lock_holder = self)
    /\ \A self \in Updaters : pc[self] \in {"updater_35", "updater_47"} => ~(mmu_lock_holder = self)

\* ends_holding
ends_holding ==
    /\ \A self \in Notifiers : pc[self] = "notifier_end" => (~(outer_holder = self) /\ ~(slots_lock_holder = self) /\ ~(notifier_slots_lock_writer = self \/ self \in notifier_slots_lock_readers) /\ ~(mmu_lock_holder = self))
    /\ \A self \in Updaters : pc[self] = "updater_end" => (~(outer_holder = self) /\ ~(slots_lock_holder = self) /\ ~(notifier_slots_lock_writer = self \/ self \in notifier_slots_lock_readers) /\ ~(mmu_lock_holder = self))

Symmetry == Permutations(Notifiers)

====
