/*
 * Measures the costs of this host that matter for pfnspec cost, and prints them as a table:
 *
 *     cc -O2 -pthread measure.c -o measure && ./measure [CPU0 CPU1] > host.toml
 *
 * A figure whose times scatter too much is left out and said to be noisy, never averaged: an idle machine with a
 * fixed frequency is what it wants.  CPU0 and CPU1 are two CPUs that nothing else uses; 0 and 1 without any.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 2000

static int cpus[2] = { 0, 1 };
static char measured[512];
static char sources[4096];

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void stand_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		fprintf(stderr, "measure: there is no CPU %d for this process\n", cpu);
		exit(1);
	}
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts the times, writes down where the figure comes from; the median, or -1 where they are noisy. */
static int64_t judged(const char *name, int64_t *times, int count)
{
	int64_t p10, p50, p90, p99;

	qsort(times, count, sizeof(*times), by_size);
	p10 = times[count / 10];
	p50 = times[count / 2];
	p90 = times[count * 9 / 10];
	p99 = times[count * 99 / 100];
	if (p90 > 3 * p50 + 10 || p99 > 100 * p50 + 10) {
		printf("# %s: noisy, left out: p10 %lld, p50 %lld, p90 %lld, p99 %lld ns\n", name, (long long)p10,
		       (long long)p50, (long long)p90, (long long)p99);
		return -1;
	}
	snprintf(sources + strlen(sources), sizeof(sources) - strlen(sources),
		 "\"%s\" = \"measure.c, %d rounds: p10 %lld, p50 %lld, p90 %lld, p99 %lld ns\"\n", name, count,
		 (long long)p10, (long long)p50, (long long)p90, (long long)p99);
	snprintf(measured + strlen(measured), sizeof(measured) - strlen(measured), "%s\"%s\"",
		 measured[0] ? ", " : "", name);
	return p50;
}

static int64_t relax_time(void)
{
	static int64_t times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = now();

		for (int n = 0; n < 200; n++)
			relax();
		times[i] = (now() - start) / 200;
	}
	return judged("step.cpu_relax", times, ROUNDS);
}

/* Two threads on one CPU that yield to each other: a switch is from one's yield to the other's return. */
static atomic_llong yielded;
static atomic_int turns;
static int64_t switch_times[2 * ROUNDS + 64];

static void *yielding(void *arg)
{
	int own = (int)(intptr_t)arg;

	stand_on(cpus[0]);
	while (atomic_load(&turns) < 2 * ROUNDS) {
		int turn = atomic_load(&turns);

		if (turn % 2 == own) {
			if (turn)
				switch_times[turn - 1] = now() - atomic_load(&yielded);
			atomic_fetch_add(&turns, 1);
			atomic_store(&yielded, now());
		}
		sched_yield();
	}
	return NULL;
}

static int64_t switch_time(void)
{
	pthread_t other;

	pthread_create(&other, NULL, yielding, (void *)(intptr_t)1);
	yielding((void *)(intptr_t)0);
	pthread_join(other, NULL);
	return judged("switch.out", switch_times, 2 * ROUNDS - 2);
}

/* A thread on the other CPU that sleeps on a futex until it is woken. */
static atomic_int word;
static atomic_llong ran;
static atomic_int over;

static void *sleeping(void *arg)
{
	(void)arg;
	stand_on(cpus[1]);
	while (!atomic_load(&over)) {
		int seen = atomic_load(&word);

		if (seen % 2 == 0)
			syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
		if (atomic_load(&word) % 2) {
			atomic_store(&ran, now());
			atomic_fetch_add(&word, 1);
		}
	}
	return NULL;
}

static int64_t paid_times[ROUNDS], wake_times[ROUNDS];

/* Wakes it after it has slept for so many ns: what the waker pays, and when the sleeper runs. */
static void wake_after(int64_t idle, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		int64_t start, paid, until = now() + idle + 20000;

		while (now() < until)
			relax();
		atomic_store(&ran, 0);
		start = now();
		atomic_fetch_add(&word, 1);
		syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
		paid = now();
		while (!atomic_load(&ran))
			relax();
		paid_times[i] = paid - start;
		wake_times[i] = atomic_load(&ran) - start;
		while (atomic_load(&word) % 2)
			relax();
	}
}

int main(int argc, char **argv)
{
	static const int64_t idle[] = { 0, 50000, 1000000 };
	struct utsname host;
	pthread_t sleeper;
	int64_t relaxed, out, wake, exits[3];
	int known = 0;

	if (argc != 1 && argc != 3) {
		fprintf(stderr, "usage: %s [CPU0 CPU1]\n", argv[0]);
		return 2;
	}
	for (int i = 0; argc == 3 && i < 2; i++)
		cpus[i] = atoi(argv[i + 1]);
	uname(&host);
	printf("name = \"measured on %s, Linux %s\"\n", host.nodename, host.release);
	stand_on(cpus[0]);
	relaxed = relax_time();
	out = switch_time();
	stand_on(cpus[0]);
	pthread_create(&sleeper, NULL, sleeping, NULL);
	wake_after(idle[0], ROUNDS);
	wake = judged("switch.wake", paid_times, ROUNDS);
	for (int i = 0; i < 3 && wake >= 0 && out >= 0; i++) {
		int64_t whole;

		wake_after(idle[i], idle[i] > 100000 ? ROUNDS / 10 : ROUNDS);
		whole = judged("switch.idle", wake_times, idle[i] > 100000 ? ROUNDS / 10 : ROUNDS);
		if (whole < 0)
			break;
		exits[known++] = whole - wake - out / 2 > 0 ? whole - wake - out / 2 : 0;
	}
	atomic_store(&over, 1);
	atomic_fetch_add(&word, 2);
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	pthread_join(sleeper, NULL);
	if (out >= 0)
		snprintf(measured + strlen(measured), sizeof(measured) - strlen(measured), "%s\"switch.into\"",
			 measured[0] ? ", " : "");
	printf("measured = [%s]\n", measured);
	if (relaxed >= 0)
		printf("\n[step]\ncpu_relax = %lld\n", (long long)relaxed);
	if (out >= 0 || wake >= 0)
		printf("\n[switch]\n");
	if (out >= 0)
		printf("out = %lld  # half of a switch by sched_yield()\ninto = %lld\n", (long long)(out / 2),
		       (long long)(out - out / 2));
	if (wake >= 0)
		printf("wake = %lld\n", (long long)wake);
	if (known) {
		printf("idle = [");
		for (int i = 0; i < known; i++)
			printf("%s{ after = %lld, exit = %lld }", i ? ", " : "", (long long)idle[i], (long long)exits[i]);
		printf("]\n");
	}
	/* One line for each figure: of the idle states, the first stands for all. */
	printf("\n[source]\n");
	for (char *line = strtok(sources, "\n"), *last = ""; line; line = strtok(NULL, "\n")) {
		if (strncmp(line, last, strcspn(line, "=")))
			puts(line);
		last = line;
	}
	return 0;
}
