/* SPDX-License-Identifier: MIT
 *
 * lib/trap/stack.c - taking the calling thread's stack, in tens of nanoseconds.
 *
 * x86-64 and AArch64 lay a frame out alike, when it has a frame pointer:
 *
 *     fp -->  [ the caller's fp ]         so the chain of fp leads outwards, and every
 *             [ return address  ]         step yields an address in the next function
 *
 * The library is compiled with frame pointers, so the first part of the walk, from here
 * to the entry point that the program called, cannot fail. The program may lack them;
 * the register then holds anything. A step is taken only to an aligned address, further
 * out, inside the bounds of the thread's stack, so what is read is the stack's memory,
 * whatever it means. On a stack of another kind, a coroutine's or a signal handler's, whose
 * bounds nobody told us, only the part up to the program's own frame is walked: that is
 * the one address in the function that called deed.
 *
 *     take <- ... <- entry point of deed <- function of the program <- its caller ...
 *     fp                                    frame
 *     |--- own part, dropped ---|           |--- the stack that is wanted ---...
 *
 * The return address found just before `frame` lies in the program's function: it is the
 * innermost frame of the result, and it is where the unwinder's list is cut too.
 *
 * Does the program have frame pointers? Nobody says. With stack=auto each stack that is new
 * to the depot is taken a second time, by the unwinder: if the walk is the unwinder's
 * list, but for the frames of libc that start a program or a thread, the walk is believed.
 * One disagreement and the unwinder does it from then on, ten times slower and right. So a
 * program with frame pointers pays for the unwinder once per place, not once per call. A
 * program without libunwind gets the walk, possibly short, and safe. So does one under
 * ThreadSanitizer: the unwinder's mutex would order the program's threads, and what it does
 * at a thread's exit comes when ThreadSanitizer has left the thread.
 *
 * Beyond the function that a thread began in the walk may go on with words that are no frame: who
 * starts threads need not keep frame pointers, and gcc's ThreadSanitizer keeps a count in that
 * register, which is another with each call. Such stacks would be new ones for ever. So what is
 * outermost, and in no object, is not of the stack. glibc is asked, without a lock, and only of
 * stacks that are new to the depot. Code that was made at run time stays where an object's is
 * further out.
 *
 * The unwinder may take the dynamic linker's lock: callers hold no lock of the ledger, and a signal
 * handler that interrupted one who may hold some does not ask it.
 */
#define _GNU_SOURCE
#include "stack.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "../os.h"
#include "../unseen.h"
#include "depot.h"
#include "module.h"
#include "options.h"
#include "thread.h"
#include "unload.h"

/* libunwind's, if the program has it; nothing else of libunwind is used. */
extern int unw_backtrace(void **buffer, int size) __attribute__((weak));

/* The most frames of deed itself under a verb; and how far each of them reaches. */
#define OWN_FRAMES 24
#define OWN_BYTES ((uintptr_t)64 << 10)
/* What libc puts under main() or a thread's first function has no frame pointers:
 * __libc_start_call_main, __libc_start_main, _start. */
#define LIBC_FRAMES 3

/* Set once, when the walk and the unwinder disagreed. */
static bool is_walk_wrong;

/* Where a signed return address points. */
static inline uintptr_t plain_address(uintptr_t address)
{
#ifdef __aarch64__
	/* xpaclri, spelt as the hint that older cores ignore; it works on x30. */
	register uintptr_t x30 __asm__("x30") = address;

	__asm__("hint 7" : "+r"(x30));
	return x30;
#else
	return address;
#endif
}

/* Walks from `fp`, the frame of a function of this library, to the frame `until`: the address that
 * returns into the function whose frame that is. 0 if the walk does not get there. */
__attribute__((no_sanitize_address)) static uintptr_t walk_own(uintptr_t fp, uintptr_t until)
{
	for (int i = 0; i < OWN_FRAMES; i++) {
		const struct deed_stack_frame *const frame = (const struct deed_stack_frame *)fp;

		if (frame->next == until)
			return plain_address(frame->return_address);
		if (frame->next - fp - 1 >= OWN_BYTES || frame->next % sizeof(void *))
			return 0;
		fp = frame->next;
	}
	return 0;
}

uintptr_t deed_stack_caller(const void *frame)
{
	return walk_own((uintptr_t)__builtin_frame_address(0), (uintptr_t)frame);
}

/* Walks from `fp` outwards in [lo, hi): the return addresses, at most `room`. */
__attribute__((no_sanitize_address)) static size_t walk(uintptr_t fp, uintptr_t lo, uintptr_t hi,
							uintptr_t *ret, size_t room)
{
	const uintptr_t last = hi - sizeof(struct deed_stack_frame);
	uintptr_t *at = ret, *const end = ret + room;

	/* Each frame lies above the one before, so that only the first can lie too low. */
	if (fp < lo || hi - lo < sizeof(struct deed_stack_frame))
		return 0;
	while (at < end && fp <= last && fp % sizeof(void *) == 0) {
		const struct deed_stack_frame *const frame = (const struct deed_stack_frame *)fp;

		if (!frame->return_address)
			break;
		*at++ = plain_address(frame->return_address);
		if (frame->next <= fp)
			break;
		fp = frame->next;
	}
	return (size_t)(at - ret);
}

/* How many of the frames of a walk are some. The function that called the library always is. */
static size_t without_garbage(const uintptr_t *frames, size_t len)
{
	struct deed_loaded loaded;

	while (len > 1 && deed_module_loaded(frames[len - 1] - 1, &loaded) == 0)
		len--;
	return len;
}

static bool may_hang;

void deed_stack_fork_done(bool had_threads)
{
	may_hang |= had_threads;
}

bool deed_stack_may_hang(void)
{
	return may_hang || (deed_self && deed_self->inside && deed_os_thread_count() > 1);
}

static bool has_unwinder(void)
{
	return unw_backtrace && !deed_is_watched() && !may_hang;
}

/* The unwinder's list, from the address `first` on; all of it if `first` is not there. */
static size_t unwind(uintptr_t first, uintptr_t *ret, size_t room)
{
	void *all[DEED_STACK_MAX + OWN_FRAMES];
	const int saved = errno;
	size_t count, from = 0;
	int cancel_state, got;

	/* It opens files now and then: a thread must not be cancelled inside the ledger. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	got = unw_backtrace(all, (int)(room + OWN_FRAMES));
	pthread_setcancelstate(cancel_state, NULL);
	errno = saved;
	count = got > 0 ? (size_t)got : 0;
	while (from < count && (uintptr_t)all[from] != first)
		from++;
	if (from == count)
		from = 0;
	count = deed_min(count - from, room);
	memcpy(ret, all + from, count * sizeof *ret);
	return count;
}

/* Whether the walk found what the unwinder found, as far as both go. */
static bool is_walk_right(const uintptr_t *walked, size_t walked_len, const uintptr_t *unwound,
			  size_t unwound_len)
{
	return walked_len <= unwound_len && walked_len + LIBC_FRAMES >= unwound_len &&
	       !memcmp(walked, unwound, walked_len * sizeof *walked);
}

static DEED_UNSEEN enum deed_stack_how choose(void)
{
	const enum deed_stack_how how = deed_options.stack;

	if (how == DEED_STACK_NONE || !deed_options.stack_depth)
		return DEED_STACK_NONE;
	if (!has_unwinder())
		return DEED_STACK_FRAMES;
	if (how == DEED_STACK_AUTO && __atomic_load_n(&is_walk_wrong, __ATOMIC_RELAXED))
		return DEED_STACK_UNWIND;
	return how;
}

/* One taking: whose, and by what means. */
struct taking {
	uintptr_t own; /* the frame of a function of this file that is under way */
	uintptr_t frame, lo, hi;
	size_t room;
	enum deed_stack_how how;
};

static size_t take(const struct taking *taking, uintptr_t *ret)
{
	const uintptr_t first = walk_own(taking->own, taking->frame);

	if (taking->own < taking->lo || taking->own >= taking->hi) {
		ret[0] = first;
		return first != 0;
	}
	if (!first && (taking->frame < taking->lo || taking->frame >= taking->hi))
		return 0; /* of another thread's stack: a part's end is told where all parts run */
	if (taking->how == DEED_STACK_UNWIND)
		return unwind(first, ret, taking->room);
	if (!first)
		return walk(taking->own, taking->lo, taking->hi, ret, taking->room);
	ret[0] = first;
	return 1 + walk(taking->frame, taking->lo, taking->hi, ret + 1, taking->room - 1);
}

/* Takes a stack that was walked a second time, and puts it right if the walk was not. Says whether
 * it did. */
static DEED_UNSEEN bool correct(const struct taking *taking, uintptr_t *frames, size_t *len)
{
	uintptr_t unwound[DEED_STACK_MAX];
	size_t unwound_len;

	if (taking->how != DEED_STACK_AUTO || !*len || taking->own < taking->lo ||
	    taking->own >= taking->hi)
		return false;
	unwound_len = unwind(frames[0], unwound, taking->room);
	if (!unwound_len || is_walk_right(frames, *len, unwound, unwound_len))
		return false;
	__atomic_store_n(&is_walk_wrong, true, __ATOMIC_RELAXED);
	memcpy(frames, unwound, unwound_len * sizeof *frames);
	*len = unwound_len;
	return true;
}

/* In line, for the frame is the caller's. */
DEED_INLINE struct taking taking_from(const void *frame, uintptr_t lo, uintptr_t hi)
{
	return (struct taking){
		.own = (uintptr_t)__builtin_frame_address(0),
		.frame = (uintptr_t)frame,
		.lo = lo,
		.hi = hi,
		.room = deed_min(deed_options.stack_depth, DEED_STACK_MAX),
		.how = choose(),
	};
}

size_t deed_stack_take(const void *frame, uintptr_t lo, uintptr_t hi, uintptr_t *ret)
{
	struct taking taking = taking_from(frame, lo, hi);
	size_t len;

	if (taking.how == DEED_STACK_NONE)
		return 0;
	if (deed_stack_may_hang())
		taking.how = DEED_STACK_FRAMES;
	len = take(&taking, ret);
	if (taking.how != DEED_STACK_UNWIND)
		len = without_garbage(ret, len);
	(void)correct(&taking, ret, &len);
	return len;
}

/* An unwinder knows how to get over a signal, and out of functions that keep no frame pointer. */
size_t deed_stack_of_signal(uintptr_t instruction, uintptr_t fp, uintptr_t lo, uintptr_t hi,
			    uintptr_t *ret)
{
	const size_t room = deed_min(deed_options.stack_depth, DEED_STACK_MAX);
	size_t len;

	if (deed_options.stack == DEED_STACK_NONE || !room)
		return 0;
	if (has_unwinder() && deed_options.stack != DEED_STACK_FRAMES) {
		len = unwind(instruction, ret, room);
		if (len && ret[0] == instruction) {
			ret[0]++;
			return len;
		}
	}
	ret[0] = instruction + 1;
	return without_garbage(ret, 1 + walk(fp, lo, hi, ret + 1, room - 1));
}

/* Where the calling thread remembers the stack that it kept last from a place, or may remember it:
 * one of two, so that two places that meet here, as those of a new and its drop may, do not drive
 * each other out. Null if the ledger does not know the thread. */
static struct deed_recent_stack *recent_of(uintptr_t place)
{
	struct deed_thread *const me = deed_self;
	struct deed_recent_stack *two;

	if (!me)
		return NULL;
	two = me->recent_stacks[place * 0x9e3779b97f4a7c15u >> 61];
	if (DEED_LIKELY(two[0].first == place))
		return &two[0];
	if (DEED_LIKELY(two[1].first == place))
		return &two[1];
	return &two[me->recent_turn++ % 2];
}

/* The id of the stack that was kept last from this place, if it is the same again; else 0. It is if
 * every word that the walk saw is what it was. They lie further out than `frame`, so all are of
 * the stack still, and none has to wait for the one before: two frames at a turn. */
__attribute__((no_sanitize_address)) static uint32_t same_again(
	const struct deed_recent_stack *recent, uintptr_t first, uintptr_t at)
{
	typedef uint64_t both __attribute__((vector_size(16), may_alias));
	typedef both unaligned __attribute__((aligned(8)));
	const struct deed_stack_frame *was = recent->frames, *const end = was + recent->count;
	both differences = { 0 };

	if (recent->first != first || recent->frame != at ||
	    recent->depth != deed_options.stack_depth || recent->age != deed_unload_age())
		return 0;
	if (recent->count % 2) {
		differences = *(const unaligned *)at ^ *(const both *)was;
		at = was++->next;
	}
	for (; was < end; was += 2) {
		differences |= *(const unaligned *)at ^ *(const both *)was;
		differences |= *(const unaligned *)was->next ^ *(const both *)&was[1];
		at = was[1].next;
	}
	return differences[0] | differences[1] ? 0 : recent->id;
}

/* The frames that walk() looks at, the one that it stops at included, but for those beyond `room`
 * addresses. */
__attribute__((no_sanitize_address)) static void remember(struct deed_recent_stack *recent,
							  const struct taking *taking, size_t room,
							  uintptr_t first, uint32_t id)
{
	const uintptr_t last = taking->hi - sizeof(struct deed_stack_frame);
	uintptr_t fp = taking->frame;
	uint32_t count = 0;
	bool goes_on = true;

	recent->id = 0;
	if (!first || fp < taking->own || taking->own < taking->lo || fp >= taking->hi)
		return;
	while (goes_on && count + 1 < room && fp <= last && fp % sizeof(void *) == 0) {
		const struct deed_stack_frame *const frame = (const struct deed_stack_frame *)fp;

		if (count == DEED_ARRAY_LEN(recent->frames))
			return;
		recent->frames[count++] = *frame;
		goes_on = frame->return_address && frame->next > fp;
		fp = frame->next;
	}
	recent->first = first;
	recent->frame = taking->frame;
	recent->age = deed_unload_age();
	recent->depth = deed_options.stack_depth;
	recent->count = count;
	recent->id = id;
}

static uint32_t keep(const struct taking *taking, struct deed_recent_stack *recent, uintptr_t first)
{
	uintptr_t frames[DEED_STACK_MAX];
	const size_t taken = take(taking, frames);
	uint32_t id = deed_depot_find(frames, taken);
	size_t len = taken;
	bool is_new = false;

	if (!id) {
		if (taking->how != DEED_STACK_UNWIND)
			len = without_garbage(frames, len);
		id = deed_depot_keep(frames, len, &is_new);
	}
	if (is_new && correct(taking, frames, &len))
		id = deed_depot_keep(frames, len, &is_new);
	else if (recent)
		remember(recent, taking, len < taken ? len : taking->room, first, id);
	return id;
}

/* Whether stacks are walked, without asking for the unwinder: where the walk is right it need not
 * be there, and nothing else was remembered. */
static bool is_walked(void)
{
	return deed_options.stack == DEED_STACK_FRAMES ||
	       (deed_options.stack == DEED_STACK_AUTO &&
		!__atomic_load_n(&is_walk_wrong, __ATOMIC_RELAXED));
}

uint32_t deed_stack_keep(const void *frame, uintptr_t lo, uintptr_t hi)
{
	const uintptr_t own = (uintptr_t)__builtin_frame_address(0);
	const uintptr_t first = is_walked() ? walk_own(own, (uintptr_t)frame) : 0;
	struct deed_recent_stack *const recent = first ? recent_of(first) : NULL;
	const uint32_t same = recent ? same_again(recent, first, (uintptr_t)frame) : 0;
	struct taking taking;

	if (DEED_LIKELY(same))
		return same;
	taking = taking_from(frame, lo, hi);
	return taking.how == DEED_STACK_NONE ? 0 : keep(&taking, recent, first);
}

/* Of the call whose return address this is: the one after a call that never returns may be the next
 * function's. */
static bool caller_of(const void *address, Dl_info *ret)
{
	return dladdr((const char *)address - 1, ret);
}

/* main() has returned if the function that called it has called exit(). Seen from the outside in,
 * the frames of libc then go on to exit(); else they stop where the program's own begin. What lies
 * further in is no guide: exit handlers of a shared library run under the loader's frames.
 */
bool deed_stack_main_has_returned(void)
{
	const void *exit_function;
	void *frames[DEED_STACK_MAX];
	Dl_info libc, frame;
	int count;

	if (!has_unwinder())
		return false;
	exit_function = dlsym(RTLD_DEFAULT, "exit");
	if (!exit_function || !dladdr(exit_function, &libc))
		return false;
	count = unw_backtrace(frames, DEED_STACK_MAX);
	if (count == DEED_STACK_MAX)
		return false;
	/* The outermost one or two are the program's _start. */
	while (count > 0 &&
	       (!caller_of(frames[count - 1], &frame) || frame.dli_fbase != libc.dli_fbase))
		count--;
	for (; count > 0; count--) {
		if (!caller_of(frames[count - 1], &frame) || frame.dli_fbase != libc.dli_fbase)
			return false;
		if (frame.dli_saddr == exit_function)
			return true;
	}
	return false;
}
