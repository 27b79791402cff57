/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_cxx.cc - what C++ programs do. C++
 */
#include "legal.h"

#include <functional>
#include <utility>
#include <vector>

class samples
{
    public:
	explicit samples(size_t count)
	{
		if (deed_new_zeroed(&owner_, count))
			throw 1;
	}
	samples(samples &&other) noexcept
	{
		deed_move(&owner_, &other.owner_);
	}
	samples &operator=(samples &&other) noexcept
	{
		if (this != &other) {
			deed_settle(&owner_);
			deed_move(&owner_, &other.owner_);
		}
		return *this;
	}
	~samples()
	{
		deed_settle(&owner_);
	}
	void renew(size_t count)
	{
		deed_drop(&owner_);
		if (deed_new_zeroed(&this->owner_, count))
			throw 2;
	}
	float total() const
	{
		DEED_BORROWED(view, &owner_);
		return sum(view);
	}
	template <typename Work> void with(Work work)
	{
		DEED_INOUT(view, &owner_);
		work(view);
	}
	deed_f32 &owner()
	{
		return owner_;
	}

    private:
	deed_f32 owner_ = DEED_EMPTY;
};

LEGAL(classes)
{
	samples a(4), b(std::move(a));

	a = std::move(b);
	a.renew((size_t)yes);
	a.with([](deed_f32_inout view) { clear(view); });
	(void)a.total();
}

LEGAL(containers)
{
	std::vector<samples> all;

	all.emplace_back(3);
	all.push_back(samples((size_t)yes));
	for (samples &one : all) {
		deed_f32_inout view = deed_inout(&one.owner());
		clear(view);
		deed_end(&one.owner(), &view);
	}
	deed_drop(&all[0].owner());
	deed_drop(&all[1].owner());
}

static void by_reference(deed_f32 &a, deed_f32 &b)
{
	{
		DEED_INOUT(view, &a);
		clear(view);
	}
	deed_move(&b, &a);
	deed_drop(&b);
}

LEGAL(references)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	for (int i = 0; i < 1 + yes; i++)
		if (deed_new(&a, 1) == 0)
			by_reference(a, b);
}

LEGAL(lambdas)
{
	deed_f32 a = DEED_EMPTY;
	const auto read = [&] {
		DEED_BORROWED(view, &a);
		(void)sum(view);
	};
	const std::function<void()> end = [&a] { deed_drop(&a); };

	if (deed_new_zeroed(&a, (size_t)yes))
		return;
	read();
	end();
}

LEGAL(exceptions)
{
	deed_f32 a = DEED_EMPTY;

	try {
		if (deed_new_zeroed(&a, 4))
			throw 1;
		DEED_INOUT(view, &a);
		clear(view);
		if (yes)
			throw 2;
	} catch (int) {
		deed_settle(&a);
		return;
	}
	deed_drop(&a);
}

template <typename Owner> static void of_any_family(Owner *a, Owner *b)
{
	if (deed_new_zeroed(a, 2))
		return;
	deed_move(b, a);
	{
		DEED_BORROWED(view, b);
		(void)deed_len(view);
	}
	deed_drop(b);
}

LEGAL(templates)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	deed_i64 c = DEED_EMPTY, d = DEED_EMPTY;

	if (yes)
		of_any_family(&a, &b);
	of_any_family(&c, &d);
}

struct keeper {
	deed_f32 kept = DEED_EMPTY;

	void take(deed_f32 *owner) DEED_TAKES(owner)
	{
		deed_settle(&kept);
		deed_move(&kept, owner);
	}
};

LEGAL(words_of_methods)
{
	deed_f32 a = DEED_EMPTY;
	keeper keeper;

	for (int i = 0; i < 1 + yes; i++) {
		if (deed_new(&a, 1))
			break;
		keeper.take(&a);
	}
	deed_settle(&keeper.kept);
}

class sized {
	deed_f32 kept = DEED_EMPTY;

public:
	~sized()
	{
		deed_settle(&kept);
	}
	int make()
	{
		return deed_new(&kept, 3);
	}
	size_t size() const DEED_READS(&kept)
	{
		return deed_owns(&kept) ? deed_len(kept) : 0;
	}
	void done() DEED_TAKES(&kept)
	{
		deed_drop(&kept);
	}
};

LEGAL(questions_of_methods)
{
	sized sized;

	for (int i = 0; i < 1 + yes; i++) {
		if (sized.make() || sized.size() != 3)
			return;
		sized.done();
	}
}

struct pool {
	deed_f32 owners[4];
	int next;

	template <class T> T *at()
	{
		return &owners[next++];
	}
};

template <class T> T *next_of(pool &pool)
{
	return &pool.owners[pool.next++];
}

LEGAL(calls_of_templates)
{
	pool pool{};

	for (auto &each : pool.owners)
		if (deed_new(&each, (size_t)yes))
			return;
	deed_drop(next_of<deed_f32>(pool));
	deed_drop(next_of<deed_f32>(pool));
	deed_drop(pool.at<deed_f32>());
	deed_drop(pool.at<deed_f32>());
}

int main(int argc, char **argv)
{
	(void)argv;
	classes(argc);
	containers(argc);
	references(argc);
	lambdas(argc);
	exceptions(argc);
	templates(argc);
	words_of_methods(argc);
	questions_of_methods(argc);
	calls_of_templates(argc);
	return 0;
}
