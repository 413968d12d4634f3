/*
 * A mutex of one word and the kernel's futex, as in Ulrich Drepper's "Futexes Are Tricky" (2011, section 5): 0 is
 * free, 1 is taken, 2 is taken and somebody may sleep.  Each thread notes what it does, with the time; the notes
 * of all are printed in the order of time, an event a line.
 *
 * gcc -O2 -pthread futex.c -o futex && ./futex [THREADS [ROUNDS]] > futex.ndjson
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct note {
	long long time;
	int thread;
	const char *event;
	int value;
};

static struct note notes[1 << 16];
static atomic_int noted, word;
static int rounds = 6;

static void note(int thread, const char *event, int value)
{
	struct timespec now;
	int at = atomic_fetch_add(&noted, 1);

	clock_gettime(CLOCK_MONOTONIC, &now);
	notes[at] = (struct note){ now.tv_sec * 1000000000LL + now.tv_nsec, thread, event, value };
}

static void lock(int me)
{
	int seen = 0;

	note(me, "wants", 0);
	atomic_compare_exchange_strong(&word, &seen, 1);
	while (seen) {
		if (seen == 1)
			atomic_compare_exchange_strong(&word, &seen, 2);
		if (seen) {
			note(me, "waits", 0);
			note(me, "waited", !syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0));
		}
		seen = 0;
		atomic_compare_exchange_strong(&word, &seen, 2);
	}
}

static void unlock(int me)
{
	int old = atomic_exchange(&word, 0);

	note(me, "released", old);
	if (old == 2)
		syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *run(void *number)
{
	int me = (int)(long)number;

	for (int i = 0; i < rounds; i++) {
		lock(me);
		note(me, "taken", 0);
		usleep(rand() % 50);
		unlock(me);
	}
	return NULL;
}

static int earlier(const void *a, const void *b)
{
	const struct note *one = a, *other = b;

	return one->time < other->time ? -1 : one->time > other->time;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 3;
	pthread_t threads[16];

	if (argc > 2)
		rounds = atoi(argv[2]);
	for (long i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	qsort(notes, noted, sizeof(notes[0]), earlier);
	for (int i = 0; i < noted; i++)
		printf("{\"event\": \"%s\", \"time\": %lld.%09lld, \"thread\": %d, \"value\": %d}\n", notes[i].event,
		       notes[i].time / 1000000000, notes[i].time % 1000000000, notes[i].thread, notes[i].value);
	return 0;
}
