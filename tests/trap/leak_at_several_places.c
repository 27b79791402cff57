/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_at_several_places.c - a destructor knows two of the four owners of its struct.
 */
#include <deed.h>
#include <errno.h>

struct mesh {
	deed_f32 points, normals;
	deed_u32 triangles;
	deed_u8 colours;
};

static int mesh_create(struct mesh *mesh, size_t count)
{
	if (deed_new_zeroed(&mesh->points, 3 * count) ||
	    deed_new_zeroed(&mesh->normals, 3 * count) ||
	    deed_new_zeroed(&mesh->triangles, count) || deed_new_zeroed(&mesh->colours, 4 * count))
		return -ENOMEM;
	return 0;
}

static void mesh_destroy(struct mesh *mesh)
{
	deed_settle(&mesh->points);
	deed_settle(&mesh->triangles);
}

int main(void)
{
	for (int i = 0; i < 2; i++) {
		struct mesh mesh = { 0 };

		if (mesh_create(&mesh, 100))
			return 1;
		mesh_destroy(&mesh);
	}
	return 0;
}
