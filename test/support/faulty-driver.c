// A Vulkan driver that is another one's until it is told to fail: between the loader and the driver named
// by FAULTY_DRIVER it passes everything on, except that work that is submitted loses the device once the
// file named by FAULTY_DRIVER_LOST exists.

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEVICE_LOST = -4 };

typedef void (*Function)(void);
typedef Function (*Lookup)(void *, const char *);

static int (*submit)(void *, uint32_t, const void *, void *);
static Lookup lookUpForDevice;

static int faultySubmit(void *queue, uint32_t count, const void *work, void *fence) {
  const char *lost = getenv("FAULTY_DRIVER_LOST");
  if (lost && access(lost, F_OK) == 0) return DEVICE_LOST;
  return submit(queue, count, work, fence);
}

static Function faultyLookUp(void *device, const char *name);

static Function instead(const char *name, Function found) {
  if (!found) return found;
  if (!strcmp(name, "vkQueueSubmit")) {
    submit = (void *)found;
    return (Function)faultySubmit;
  }
  if (!strcmp(name, "vkGetDeviceProcAddr")) {
    lookUpForDevice = (Lookup)found;
    return (Function)faultyLookUp;
  }
  return found;
}

static Function faultyLookUp(void *device, const char *name) {
  return instead(name, lookUpForDevice(device, name));
}

static Function inDriver(const char *name) {
  static void *driver;
  if (!driver) driver = dlopen(getenv("FAULTY_DRIVER"), RTLD_NOW | RTLD_LOCAL);
  return driver ? (Function)dlsym(driver, name) : NULL;
}

int vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  int (*negotiate)(uint32_t *) = (void *)inDriver("vk_icdNegotiateLoaderICDInterfaceVersion");
  return negotiate(version);
}

Function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  return instead(name, ((Lookup)inDriver("vk_icdGetInstanceProcAddr"))(instance, name));
}

Function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  Lookup lookUp = (Lookup)inDriver("vk_icdGetPhysicalDeviceProcAddr");
  return lookUp ? lookUp(instance, name) : NULL;
}
