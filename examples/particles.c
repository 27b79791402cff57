/* SPDX-License-Identifier: MIT
 *
 * examples/particles.c - a cloud of particles, a struct of arrays: what a loop touches is what
 * it loads.
 *
 *     cc -O3 particles.c $(pkg-config --cflags --libs deed)
 *     cc -O3 -g particles.c $(pkg-config --cflags --libs deed-trap)
 *
 * A step moves the particles, and reads and writes positions and velocities; the mass and the
 * number of each stay out of the cache. Each column is lent for the block that uses it, so that
 * the two loops below could run on two threads, and one that wrote what another reads would be
 * told where.
 */
#include <stdio.h>

#include <deed.h>
#include <deed/soa.h>

#define PARTICLE(FIELD)                                                                            \
	FIELD(float, x)                                                                            \
	FIELD(float, y)                                                                            \
	FIELD(float, vx)                                                                           \
	FIELD(float, vy)                                                                           \
	FIELD(double, mass)                                                                        \
	FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

enum { COUNT = 1000, STEPS = 100 };

static void advance(deed_f32_inout at, deed_f32_borrowed speed, float dt)
{
	float *const to = deed_data(at);
	const float *const by = deed_data(speed);

	for (size_t i = 0; i < deed_len(at); i++)
		to[i] += by[i] * dt;
}

static void step(particles *cloud, float dt) DEED_WRITES(cloud);
static void step(particles *cloud, float dt)
{
	{
		DEED_SOA_INOUT(x, cloud, x);
		DEED_SOA_BORROWED(vx, cloud, vx);

		advance(x, vx, dt);
	}
	{
		DEED_SOA_INOUT(y, cloud, y);
		DEED_SOA_BORROWED(vy, cloud, vy);

		advance(y, vy, dt);
	}
}

/* One field of six is read, and one alone is loaded. */
static double total_mass(const particles *cloud) DEED_READS(cloud);
static double total_mass(const particles *cloud)
{
	DEED_SOA_BORROWED(mass, cloud, mass);
	double total = 0;

	for (size_t i = 0; i < deed_len(mass); i++)
		total += deed_at(mass, i);
	return total;
}

static int fill(particles *cloud) DEED_WRITES(cloud);
static int fill(particles *cloud)
{
	int err = deed_soa_reserve(cloud, COUNT);

	for (uint32_t i = 0; !err && i < COUNT; i++)
		err = deed_soa_push(cloud,
				    { .x = (float)i, .vx = 1, .vy = 0.5f, .mass = 2, .id = i });
	return err;
}

int main(void)
{
	particles cloud = DEED_EMPTY;
	particles_row last;

	if (deed_soa_new(&cloud, 0))
		return 1;
	if (fill(&cloud)) {
		deed_soa_drop(&cloud);
		return 1;
	}
	for (int i = 0; i < STEPS; i++)
		step(&cloud, 0.25f);
	last = deed_soa_get(&cloud, COUNT - 1);
	printf("%zu particles of mass %g; the last one, number %u, is at (%g, %g)\n",
	       deed_soa_len(cloud), total_mass(&cloud), last.id, (double)last.x, (double)last.y);
	deed_soa_drop(&cloud);
	return 0;
}
