"""What every verifier has in common: how values are handled, what it says and when."""

SHELL = """\
/* {header} */
c_decl {{
\\#include "state.h"
}}
c_state "struct S s" "Global"
c_code {{
\\#include "steps.c"
}}

/* A choice is made by its number, so that each way through a step is one transition.  Spin asks
   a guard of d_step twice; what was worked out for it is kept in between. */
init {{
  d_step {{ c_code {{ begin(); }} }}
end:
  do
  :: d_step {{ c_expr {{ (look()) }} -> assert(false); c_code {{ looked(); }} }}
{options}
  od
}}
"""

STATE = """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct S {{
{fields}
}};
static void begin(void);
static int look(void);
static void looked(void);
static int take(int self, int way);
static void taken(void);
"""

COMMON = """\
/* Names of macros are ours alone: Spin has a BASE of its own. */
typedef long long V;
#define PFN_TASK0 ({task0})
#define PFN_BASE ({base})
#define PFN_TASKS {tasks}
/* The tasks of a set, by their ordinals. */
#define PFN_ORDINALS(group) ((group) >> (PFN_TASK0 - PFN_BASE) & (((V)1 << PFN_TASKS) - 1))

static struct S last;     /* what was looked at last */
static struct S next;     /* what the step that was asked for last leads to */
static int ready_to_go;   /* whether it can be taken, and was not yet */
static int finding;       /* whether `look` has found something, and was not reported yet */
static int passed[{marks} + 1], passes;
static unsigned char marked[{marks} + 1], known[{properties} + 1], met[{formulas} + 1];
static int hits[{properties} + 1], hit;
static int telling = -1;
static unsigned long long seen;
static time_t told;

static void beyond(const char *what)
{{
    printf("pfnspec beyond %s\\n", what);
    fflush(stdout);
    exit(3);
}}

/* An integer that fits into the type of what it is stored in. */
#define PFN_FIT(type, value) ({{ V v_ = (value); if ((V)(type)v_ != v_) beyond("a variable"); (type)v_; }})
/* An index that is one. */
#define PFN_AT(index, size) ({{ V i_ = (index); if (i_ < 0 || i_ >= (size)) beyond("an index"); i_; }})
#define PFN_BETWEEN(value, low, high) ({{ V b_ = (value); (V)(b_ >= (low) && b_ <= (high)); }})
#define PFN_LOWEST(group) ((group) ? __builtin_ctzll((unsigned long long)(group)) + (V)PFN_BASE : 0)
#define PFN_MARK(number) passed[passes++] = number

/* The set of one value. */
static V one(V value)
{{
    if (value < PFN_BASE || value >= PFN_BASE + {window}) beyond("a set");
    return (V)1 << (value - PFN_BASE);
}}
static V has(V group, V value)
{{
    return value >= PFN_BASE && value < PFN_BASE + {window} && (group >> (value - PFN_BASE) & 1);
}}
static V size_of(V group) {{ return __builtin_popcountll((unsigned long long)group); }}
static V least(V a, V b) {{ return a < b ? a : b; }}
static V largest(V a, V b) {{ return a < b ? b : a; }}
static V floor_div(V a, V b)
{{
    if (b == 0) beyond("a division");
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}}
static V floor_mod(V a, V b) {{ return a - floor_div(a, b) * b; }}
/* A queue has four bits for each task, the first lowest, its ordinal plus one. */
static V append(V queue, V task)
{{
    int at = 0;
    while (queue >> at & 15) at += 4;
    if (at >= 4 * PFN_TASKS) beyond("a queue");
    return queue | (task - PFN_TASK0 + 1) << at;
}}
static V drop(V queue, V task)
{{
    V left = 0;
    for (int at = 0, to = 0; at < 60 && queue >> at & 15; at += 4)
        if ((queue >> at & 15) != task - PFN_TASK0 + 1) left |= (queue >> at & 15) << to, to += 4;
    return left;
}}
static V before(V queue, V task)
{{
    V group = 0;
    for (int at = 0; at < 60 && queue >> at & 15; at += 4) {{
        if ((queue >> at & 15) == task - PFN_TASK0 + 1) break;
        group |= one((queue >> at & 15) - 1 + PFN_TASK0);
    }}
    return group;
}}
static int tells(void)
{{
    if (telling < 0) telling = getenv("VERIFIER_TELLS") != NULL;
    return telling;
}}
static void hold(int property)
{{
    if (!known[property]) known[property] = 1, hits[hit++] = property;
}}
static void ended(void)
{{
    if (!tells()) printf("pfnspec ended %llu\\n", seen);
    fflush(stdout);
}}
/* A state from which nobody can step is looked at twice in turn. */
static void progress(void)
{{
    if (seen && !memcmp(&last, &now.s, sizeof last)) return;
    memcpy(&last, &now.s, sizeof last);
    seen++;
    if (seen % 4096 == 0 && time(NULL) != told) {{
        told = time(NULL);
        printf("pfnspec seen %llu\\n", seen);
        fflush(stdout);
    }}
}}
static void looked(void) {{ finding = 0; }}
"""

LOOK = """\
static int look(void)
{{
    const struct S *s = &now.s;
    if (finding) return 1;
    if (!tells()) progress();
    hit = 0;
    for (int self = 0; self < PFN_TASKS; self++)
        switch (s->{pc}[self]) {{
{claims}
        default: break;
        }}
    {{
        int self = 0;
        (void)self;
{invariants}
    }}
    if (hit) {{
        printf("pfnspec violated");
        for (int i = 0; i < hit; i++) printf(" %d", hits[i]);
        printf("\\n");
        fflush(stdout);
    }}
    return finding = hit > 0;
}}
"""

TAKE = """\
static int take(int self, int way)
{{
    struct S *s = &next;
    int done = 0;
    if (ready_to_go) return 1;
    switch (now.s.{pc}[self]) {{
{steps}
    default: return 0;
    }}
    return ready_to_go = done;
}}
static void taken(void)
{{
    memcpy(&now.s, &next, sizeof next);
    ready_to_go = 0;
    for (int i = 0; i < passes; i++)
        if (!marked[passed[i]]) {{
            marked[passed[i]] = 1;
            printf("pfnspec reached %d\\n", passed[i]);
            fflush(stdout);
        }}
    if (tells()) tell();
}}
static void begin(void)
{{
    struct S *s = &next;
    int self = 0;
    (void)self;
    atexit(ended);
    memset(s, 0, sizeof *s);
{initial}
    taken();
}}
"""

DEADLOCK = """\
/* (a): nobody can step, somebody who is no daemon has not ended, and no check has halted anybody. */
static int nobody(const struct S *s)
{{
    int left = 0;
    for (int self = 0; self < PFN_TASKS; self++) {{
        if (halted[s->{pc}[self]] || ready(s, self)) return 0;
        left |= !daemon_[self] && steps_[s->{pc}[self]];
    }}
    return left;
}}
/* (b): tasks of which each waits for a lock because of one of them. */
static int circle(const struct S *s)
{{
    V waits[PFN_TASKS], group = 0, left;
    for (int self = 0; self < PFN_TASKS; self++)
        if ((waits[self] = PFN_ORDINALS(blockers(s, self)))) group |= (V)1 << self;
    do {{
        left = group;
        for (int self = 0; self < PFN_TASKS; self++)
            if ((group >> self & 1) && !(waits[self] & group)) group &= ~((V)1 << self);
    }} while (group != left);
    return group != 0;
}}
/* (c): of the largest set of tasks that wait, none of which anybody else can help, not all are daemons. */
static int stuck(const struct S *s)
{{
    V left = 0, staying, by[PFN_TASKS], helpers[PFN_TASKS];
    int lock[PFN_TASKS];
    for (int self = 0; self < PFN_TASKS; self++)
        if (waiting(s, self, &lock[self], &by[self], &helpers[self])) left |= (V)1 << self;
    for (;;) {{
        if (!(left & ~(V)PFN_DAEMONS)) return 0;
        staying = 0;
        for (int self = 0; self < PFN_TASKS; self++) {{
            if (!(left >> self & 1)) continue;
            if (lock[self] ? (by[self] & (left | ~helpers[self])) != 0 : !(helpers[self] & ~left))
                staying |= (V)1 << self;
        }}
        if (staying == left) return 1;
        left = staying;
    }}
}}
"""
