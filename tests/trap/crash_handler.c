/* SPDX-License-Identifier: MIT
 *
 * tests/trap/crash_handler.c - a handler of SIGSEGV reads a buffer, after a crash inside a deed
 * verb.
 */
#include <deed.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

struct track {
	char name[32];
	deed_f32 samples;
};

static deed_u8 last_words;

static void on_crash(int signal)
{
	DEED_BORROWED(text, &last_words);

	if (write(STDERR_FILENO, deed_data(text), deed_len(text)) < 0)
		_exit(2);
	_exit(signal);
}

int main(void)
{
	struct track *unmapped =
		mmap(NULL, sizeof *unmapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (deed_new_zeroed(&last_words, 80) || signal(SIGSEGV, on_crash) == SIG_ERR)
		return 1;
	if (deed_new(&unmapped->samples, 44100)) /* crashes inside deed */
		return 1;
	return 0;
}
