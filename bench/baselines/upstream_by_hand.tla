-------------------------- MODULE upstream_by_hand --------------------------
\* gfn_to_pfn_cache against MMU notifiers (../one_shot.pfn), made small by hand.  Steps under locks are
\* merged; who holds a lock follows from control points; `free` is what `pte` is not; a snapshot is one
\* bit, "still current"; the cache's page is forgotten while the cache is not valid, and locals as soon
\* as nothing reads them.
EXTENDS Integers, FiniteSets, TLC
CONSTANTS Vcpus, Notifiers, Pages, None

VARIABLES at, valid, pfn, pte, current, page
vars == <<at, valid, pfn, pte, current, page>>

Perms == Permutations(Vcpus) \cup Permutations(Notifiers) \cup Permutations(Pages)

Init ==
    /\ at = [t \in Vcpus |-> "run"] @@ [t \in Notifiers |-> "start"]
    /\ valid = FALSE
    /\ pfn = None
    /\ pte = None
    /\ current = {}
    /\ page = [v \in Vcpus |-> None]

Active == \E n \in Notifiers : at[n] \notin {"start", "end"}
Unlocked == \A v \in Vcpus : at[v] \notin {"sample", "compare"}                       \* gpc.lock
Refreshing == \E v \in Vcpus : at[v] \in {"lookup", "retake", "sample", "compare"}   \* gpc.refresh_lock
Go(t, where) == at' = [at EXCEPT ![t] = where]

\* A valid cache is used in one step that changes nothing: see NotStale.
Miss(v) ==
    /\ at[v] = "run" /\ Unlocked /\ ~valid
    /\ Go(v, "refresh")
    /\ UNCHANGED <<valid, pfn, pte, current, page>>

Refresh(v) ==
    /\ at[v] = "refresh" /\ ~Refreshing /\ Unlocked
    /\ IF valid
       THEN Go(v, "run") /\ UNCHANGED current
       ELSE Go(v, "lookup") /\ current' = current \cup {v}
    /\ UNCHANGED <<valid, pfn, pte, page>>

Lookup(v) ==
    /\ at[v] = "lookup"
    /\ \E p \in IF pte = None THEN Pages ELSE {pte} :
        /\ pte' = p
        /\ page' = [page EXCEPT ![v] = p]
    /\ Go(v, "retake")
    /\ UNCHANGED <<valid, pfn, current>>

Retake(v) ==
    /\ at[v] = "retake" /\ Unlocked
    /\ IF Active
       THEN /\ Go(v, "sample")
            /\ page' = [page EXCEPT ![v] = None]
            /\ current' = current \ {v}
       ELSE /\ Go(v, "compare")
            /\ UNCHANGED <<page, current>>
    /\ UNCHANGED <<valid, pfn, pte>>

Sample(v) ==
    /\ at[v] = "sample"
    /\ Go(v, "lookup")
    /\ current' = current \cup {v}
    /\ UNCHANGED <<valid, pfn, pte, page>>

\* That the snapshot is outdated stays true, so taking the next one is part of this step.
Compare(v) ==
    /\ at[v] = "compare"
    /\ IF v \in current
       THEN /\ Go(v, "run")
            /\ valid' = TRUE
            /\ pfn' = page[v]
            /\ current' = current \ {v}
       ELSE /\ Go(v, "lookup")
            /\ current' = current \cup {v}
            /\ UNCHANGED <<valid, pfn>>
    /\ page' = [page EXCEPT ![v] = None]
    /\ UNCHANGED pte

Start(n) ==
    /\ at[n] = "start"
    /\ Go(n, "look")
    /\ UNCHANGED <<valid, pfn, pte, current, page>>

Look(n) ==
    /\ at[n] = "look" /\ Unlocked
    /\ Go(n, IF valid THEN "walk" ELSE "zap")
    /\ UNCHANGED <<valid, pfn, pte, current, page>>

Walk(n) ==
    /\ at[n] = "walk" /\ Unlocked
    /\ Go(n, "zap")
    /\ valid' = FALSE
    /\ pfn' = None
    /\ UNCHANGED <<pte, current, page>>

Zap(n) ==
    /\ at[n] = "zap"
    /\ Go(n, "bump")
    /\ pte' = None
    /\ UNCHANGED <<valid, pfn, current, page>>

Bump(n) ==
    /\ at[n] = "bump"
    /\ Go(n, "finish")
    /\ current' = {}
    /\ UNCHANGED <<valid, pfn, pte, page>>

Finish(n) ==
    /\ at[n] = "finish"
    /\ Go(n, "end")
    /\ UNCHANGED <<valid, pfn, pte, current, page>>

Use(v) ==
    /\ at[v] = "run" /\ Unlocked /\ valid
    /\ UNCHANGED vars

Next ==
    \/ \E v \in Vcpus :
        Use(v) \/ Miss(v) \/ Refresh(v) \/ Lookup(v) \/ Retake(v) \/ Sample(v) \/ Compare(v)
    \/ \E n \in Notifiers : Start(n) \/ Look(n) \/ Walk(n) \/ Zap(n) \/ Bump(n) \/ Finish(n)

Spec == Init /\ [][Next]_vars

\* Whoever may use the cache now finds the page that is mapped.
NotStale == (valid /\ Unlocked /\ \E v \in Vcpus : at[v] = "run") => (pfn # None /\ pfn = pte)
=============================================================================
