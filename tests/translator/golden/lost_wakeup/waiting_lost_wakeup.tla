---- MODULE waiting_lost_wakeup ----
\* made by pfnspec from lost_wakeup.pfn
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS None, refresher_0, notifier_0

Refreshers == {refresher_0}
Notifiers == {notifier_0}
Tasks == Refreshers \cup Notifiers

VARIABLES
    pc,               \* control: control, one per task
    active,           \* shared: active
    idle_wq_waiters,  \* queue: idle_wq.waiters
    sleepy,           \* queue: sleepy, one per task
    notifier_tmp1    \* temporary: (tmp1), one per notifier

vars == <<pc, active, idle_wq_waiters, sleepy, notifier_tmp1>>

Init ==
    /\ pc = [self \in Tasks |->
        CASE self \in Refreshers -> "refresher_25"
             [] self \in Notifiers -> "notifier_32"]
    /\ active = 0
    /\ idle_wq_waiters = {}
    /\ sleepy = [self \in Tasks |-> FALSE]
    /\ notifier_tmp1 = [self \in Notifiers |-> None]

\* 25  process refresher:
\*   then 26  while maybe():
\*   then 28  wait until active == 0 on idle_wq
refresher_25(self) ==
    /\ pc[self] = "refresher_25"
    /\ \/ /\ IF active = 0
             THEN /\ pc' = [pc EXCEPT ![self] = "refresher_18"]
             ELSE /\ pc' = [pc EXCEPT ![self] = "refresher_16"]
       \/ /\ pc' = [pc EXCEPT ![self] = "refresher_end"]
    /\ UNCHANGED <<active, idle_wq_waiters, sleepy, notifier_tmp1>>

\* 28  wait until active == 0 on idle_wq
\*   called from 28  wait until active == 0 on idle_wq
refresher_28(self) ==
    /\ pc[self] = "refresher_28"
    /\ IF active = 0
       THEN /\ pc' = [pc EXCEPT ![self] = "refresher_18"]
       ELSE /\ pc' = [pc EXCEPT ![self] = "refresher_16"]
    /\ UNCHANGED <<active, idle_wq_waiters, sleepy, notifier_tmp1>>

\* 18  finish_wait(wq)
\*   called from 28  wait until active == 0 on idle_wq
\*   then 30  cond_resched()
\*   then 26  while maybe():
refresher_18(self) ==
    /\ pc[self] = "refresher_18"
    /\ \/ /\ pc' = [pc EXCEPT ![self] = "refresher_28"]
          /\ idle_wq_waiters' = idle_wq_waiters \ {self}
          /\ sleepy' = [sleepy EXCEPT ![self] = FALSE]
       \/ /\ pc' = [pc EXCEPT ![self] = "refresher_end"]
          /\ idle_wq_waiters' = idle_wq_waiters \ {self}
          /\ sleepy' = [sleepy EXCEPT ![self] = FALSE]
    /\ UNCHANGED <<active, notifier_tmp1>>

\* 16  prepare_to_wait(wq)
\*   called from 28  wait until active == 0 on idle_wq
refresher_16(self) ==
    /\ pc[self] = "refresher_16"
    /\ pc' = [pc EXCEPT ![self] = "refresher_17"]
    /\ idle_wq_waiters' = idle_wq_waiters \cup {self}
    /\ sleepy' = [sleepy EXCEPT ![self] = TRUE]
    /\ UNCHANGED <<active, notifier_tmp1>>

\* 17  schedule()
\*   called from 28  wait until active == 0 on idle_wq
refresher_17(self) ==
    /\ pc[self] = "refresher_17"
    /\ ~sleepy[self]
    /\ pc' = [pc EXCEPT ![self] = "refresher_28_1"]
    /\ UNCHANGED <<active, idle_wq_waiters, sleepy, notifier_tmp1>>

\* 28  wait until active == 0 on idle_wq
\*   called from 28  wait until active == 0 on idle_wq
refresher_28_1(self) ==
    /\ pc[self] = "refresher_28_1"
    /\ IF active = 0
       THEN /\ pc' = [pc EXCEPT ![self] = "refresher_18"]
       ELSE /\ pc' = [pc EXCEPT ![self] = "refresher_16"]
    /\ UNCHANGED <<active, idle_wq_waiters, sleepy, notifier_tmp1>>

\* 32  process notifier:
\*   then 33  while maybe():
\*   then 34  active += 1
notifier_32(self) ==
    /\ pc[self] = "notifier_32"
    /\ \/ /\ IF 0 <= active + 1 /\ active + 1 <= 1
             THEN LET notifier_tmp1_2 == active + 1
                  IN /\ pc' = [pc EXCEPT ![self] = "notifier_36"]
                     /\ active' = notifier_tmp1_2
                     /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
             ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_34"]
                  /\ UNCHANGED <<active, notifier_tmp1>>
       \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
          /\ UNCHANGED <<active, notifier_tmp1>>
    /\ UNCHANGED <<idle_wq_waiters, sleepy>>

\* 34  active += 1
notifier_34_1(self) ==
    /\ pc[self] = "notifier_34_1"
    /\ pc' = [pc EXCEPT ![self] = "notifier_36"]
    /\ active' = notifier_tmp1[self]
    /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
    /\ UNCHANGED <<idle_wq_waiters, sleepy>>

\* 36  might_sleep()
\*   then 37  active -= 1
notifier_36(self) ==
    /\ pc[self] = "notifier_36"
    /\ IF 0 <= active - 1 /\ active - 1 <= 1
       THEN LET notifier_tmp1_3 == active - 1
            IN /\ pc' = [pc EXCEPT ![self] = "notifier_38"]
               /\ active' = notifier_tmp1_3
               /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = None]
       ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_37"]
            /\ UNCHANGED <<active, notifier_tmp1>>
    /\ UNCHANGED <<idle_wq_waiters, sleepy>>

\* 38  wake_up(idle_wq)
\*   then 33  while maybe():
\*   then 34  active += 1
notifier_38(self) ==
    /\ pc[self] = "notifier_38"
    /\ \/ /\ IF 0 <= active + 1 /\ active + 1 <= 1
             THEN /\ pc' = [pc EXCEPT ![self] = "notifier_34_1"]
                  /\ idle_wq_waiters' = {}
                  /\ sleepy' = [t \in Tasks |-> sleepy[t] /\ ~(t \in idle_wq_waiters)]
                  /\ notifier_tmp1' = [notifier_tmp1 EXCEPT ![self] = active + 1]
             ELSE /\ pc' = [pc EXCEPT ![self] = "notifier_halt_34"]
                  /\ idle_wq_waiters' = {}
                  /\ sleepy' = [t \in Tasks |-> sleepy[t] /\ ~(t \in idle_wq_waiters)]
                  /\ UNCHANGED <<notifier_tmp1>>
       \/ /\ pc' = [pc EXCEPT ![self] = "notifier_end"]
          /\ idle_wq_waiters' = {}
          /\ sleepy' = [t \in Tasks |-> sleepy[t] /\ ~(t \in idle_wq_waiters)]
          /\ UNCHANGED <<notifier_tmp1>>
    /\ UNCHANGED <<active>>

refresher(self) ==
    \/ refresher_25(self)
    \/ refresher_28(self)
    \/ refresher_18(self)
    \/ refresher_16(self)
    \/ refresher_17(self)
    \/ refresher_28_1(self)

notifier(self) ==
    \/ notifier_32(self)
    \/ notifier_34_1(self)
    \/ notifier_36(self)
    \/ notifier_38(self)

Terminating ==
    /\ \/ \E self \in Tasks : pc[self] \in {"notifier_halt_34", "notifier_halt_37"}
       \/ (\A self \in Refreshers : pc[self] = "refresher_end") /\ (\A self \in Notifiers : pc[self] = "notifier_end")
    /\ UNCHANGED vars

Next ==
    \/ \E self \in Refreshers : refresher(self)
    \/ \E self \in Notifiers : notifier(self)
    \/ Terminating

Spec == Init /\ [][Next]_vars

\* deadlock
deadlock ==
    /\ LET Stays(self, group) ==
               IF pc[self] = "refresher_17" THEN (sleepy[self]) /\ ((self \in idle_wq_waiters) => \A other \in Tasks \ group : ~(pc[other] \in {"notifier_32", "notifier_34_1", "notifier_halt_34", "notifier_36", "notifier_halt_37", "notifier_38"})) ELSE FALSE
           stuck0 == {t_2 \in Tasks : Stays(t_2, Tasks)}
           stuck1 == {t_2 \in stuck0 : Stays(t_2, stuck0)}
       IN \/ stuck0 = {}
           \/ stuck1 = {}

\* out_of_range
out_of_range ==
    /\ \A self \in Notifiers : ~(pc[self] \in {"notifier_halt_34", "notifier_halt_37"})

\* sleep_in_atomic
sleep_in_atomic ==
    /\ \A self \in Notifiers : pc[self] = "notifier_36" => ~sleepy[self]

====
