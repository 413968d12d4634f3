/*
 * A virtual machine of 21 bytes, for record.sh: its vCPU asks for kvmclock, and then leaves guest mode again and
 * again.  Each time the clock is marked as to be updated, so that the next entry looks at the clock's
 * gfn_to_pfn_cache; meanwhile another thread gives back the page that the cache points at.
 *
 * guest ROUNDS: how often the vCPU leaves guest mode.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY 0x10000
#define CODE 0x1000
#define CLOCK 0x3000

static const unsigned char program[] = {
	0x66, 0xb9, 0x01, 0x4d, 0x56, 0x4b,	/* mov ecx, 0x4b564d01: MSR_KVM_SYSTEM_TIME_NEW */
	0x66, 0xb8, 0x01, 0x30, 0x00, 0x00,	/* mov eax, CLOCK | 1: enabled */
	0x66, 0x31, 0xd2,			/* xor edx, edx */
	0x0f, 0x30,				/* wrmsr */
	0xe6, 0x10,				/* out 0x10, al: leaves guest mode */
	0xeb, 0xfc,				/* jmp to the out */
};

static char *memory;
static volatile int done;

static void *give_back(void *unused)
{
	while (!done) {
		madvise(memory + CLOCK, 4096, MADV_DONTNEED);
		usleep(100);
	}
	return unused;
}

static int asked(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
	return result;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 400;
	int kvm = asked(open("/dev/kvm", O_RDWR), "/dev/kvm");
	int vm = asked(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	int vcpu, left = 0;
	size_t size;
	struct kvm_run *run;
	struct kvm_sregs special;
	struct kvm_regs regs = { .rip = CODE, .rflags = 2, .rsp = 0x8000 };
	struct kvm_cpuid2 *features = calloc(1, sizeof(*features) + 128 * sizeof(struct kvm_cpuid_entry2));
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	pthread_t other;

	asked(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000), "KVM_SET_TSS_ADDR");
	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(memory + CODE, program, sizeof(program));
	region.userspace_addr = (unsigned long)memory;
	asked(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	vcpu = asked(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	features->nent = 128;
	asked(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, features), "KVM_GET_SUPPORTED_CPUID");
	asked(ioctl(vcpu, KVM_SET_CPUID2, features), "KVM_SET_CPUID2");
	size = asked(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	asked(ioctl(vcpu, KVM_GET_SREGS, &special), "KVM_GET_SREGS");
	special.cs.base = special.cs.selector = 0;
	asked(ioctl(vcpu, KVM_SET_SREGS, &special), "KVM_SET_SREGS");
	asked(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	while (left < rounds) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0) {
			asked(errno == EINTR ? 0 : -1, "KVM_RUN");
			continue;
		}
		if (run->exit_reason != KVM_EXIT_IO) {
			fprintf(stderr, "left guest mode for reason %u\n", run->exit_reason);
			return 1;
		}
		if (!left++)
			pthread_create(&other, NULL, give_back, NULL);
		ioctl(vcpu, KVM_KVMCLOCK_CTRL);
	}
	done = 1;
	pthread_join(other, NULL);
	return 0;
}
