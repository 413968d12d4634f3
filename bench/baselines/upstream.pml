/* gfn_to_pfn_cache against MMU notifiers (../one_shot.pfn) in Promela: a transition per statement that
 * touches shared memory.  Pages are numbers from 1, NONE is 0, free pages are a mask of bits.  `seq` is
 * a plain counter: notifiers are one-shot.  A lock is what its guards need: a bit, and a count of readers. */
#define NONE 0
#define read_lock()    d_step { !writer -> readers++ }
#define write_lock()   d_step { !writer && readers == 0 -> writer = 1 }
#define lock(l)        d_step { !l -> l = 1 }

bit valid, writer, refresh_lock, mn_lock;
byte readers, count, seq;
byte pfn = NONE, pte = NONE;
byte free = (1 << (PAGES + 1)) - 2;

active [VCPUS] proctype vcpu()
{
	byte seen, page;
	do
	:: read_lock();
		if
		:: valid -> d_step { assert(pfn != NONE && pfn == pte); readers-- }
		:: else ->
			readers--;
			lock(refresh_lock);
			write_lock();
			if
			:: valid
			:: else ->
				valid = 0;
sample:
				seen = seq;
				writer = 0;
				atomic {
					if
					:: pte != NONE
					:: pte == NONE && (free & 2) -> pte = 1
					:: pte == NONE && (free & 4) -> pte = 2
					:: pte == NONE && (free & 8) -> pte = 3
					:: pte == NONE && (free & 16) -> pte = 4
					fi;
					free = free & ~(1 << pte);
					page = pte
				};
				write_lock();
				if
				:: count != 0 -> goto sample
				:: else
				fi;
				if
				:: seq != seen -> goto sample
				:: else
				fi;
				valid = 1;
				pfn = page
			fi;
			writer = 0;
			refresh_lock = 0
		fi
	od
}

active [NOTIFIERS] proctype notifier()
{
	lock(mn_lock);
	count++;
	mn_lock = 0;
	read_lock();
	if
	:: valid && pfn != NONE ->
		readers--;
		write_lock();
		if
		:: valid && pfn != NONE -> valid = 0
		:: else
		fi;
		writer = 0
	:: else -> readers--
	fi;
	d_step {
		if
		:: pte != NONE -> free = free | (1 << pte); pte = NONE
		:: else
		fi
	};
	seq++;
	lock(mn_lock);
	count--;
	mn_lock = 0
}
