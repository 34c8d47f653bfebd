/*
 * A Vulkan layer that keeps what a driver says of each compute pipeline it compiles: statistics and
 * representations, the machine code among them, by VK_KHR_pipeline_executable_properties. The n-th pipeline is
 * described by the file n of the folder $CAPTURE_FOLDER:
 *
 *   subgroup 64
 *   statistic <value> <name>
 *   representation <bytes> <name>
 *   <that many bytes>
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <vulkan/vk_layer.h>
#include <vulkan/vulkan.h>

/* The next layer's functions, of the one instance and the one device that a process has. */
static PFN_vkGetInstanceProcAddr instance_proc;
static PFN_vkGetDeviceProcAddr device_proc;
static VkInstance instance;
static PFN_vkCreateComputePipelines create_compute_pipelines;
static PFN_vkGetPipelineExecutablePropertiesKHR get_properties;
static PFN_vkGetPipelineExecutableStatisticsKHR get_statistics;
static PFN_vkGetPipelineExecutableInternalRepresentationsKHR get_representations;

static pthread_mutex_t capturing = PTHREAD_MUTEX_INITIALIZER;
static unsigned captured;

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size ? size : 1);
  if (!memory) abort();
  return memory;
}

static double value_of(const VkPipelineExecutableStatisticKHR *statistic) {
  switch (statistic->format) {
  case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_BOOL32_KHR: return statistic->value.b32;
  case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_INT64_KHR: return (double)statistic->value.i64;
  case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_FLOAT64_KHR: return statistic->value.f64;
  default: return (double)statistic->value.u64;
  }
}

static void write_statistics(FILE *file, VkDevice device, const VkPipelineExecutableInfoKHR *executable) {
  uint32_t count = 0;
  get_statistics(device, executable, &count, NULL);
  VkPipelineExecutableStatisticKHR *all = allocate(count, sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
  get_statistics(device, executable, &count, all);
  for (uint32_t i = 0; i < count; i++) fprintf(file, "statistic %.17g %s\n", value_of(&all[i]), all[i].name);
  free(all);
}

static void write_representations(FILE *file, VkDevice device, const VkPipelineExecutableInfoKHR *executable) {
  uint32_t count = 0;
  get_representations(device, executable, &count, NULL);
  VkPipelineExecutableInternalRepresentationKHR *all = allocate(count, sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INTERNAL_REPRESENTATION_KHR;
  /* The first call says how large they are, the second fills them. */
  get_representations(device, executable, &count, all);
  for (uint32_t i = 0; i < count; i++) all[i].pData = allocate(all[i].dataSize + 1, 1);
  get_representations(device, executable, &count, all);
  for (uint32_t i = 0; i < count; i++) {
    if (all[i].isText) {
      size_t length = strlen(all[i].pData);
      fprintf(file, "representation %zu %s\n", length, all[i].name);
      fwrite(all[i].pData, 1, length, file);
      fputc('\n', file);
    }
    free(all[i].pData);
  }
  free(all);
}

static void write_pipeline(VkDevice device, VkPipeline pipeline) {
  char path[4096];
  const char *folder = getenv("CAPTURE_FOLDER");
  snprintf(path, sizeof path, "%s/%u", folder ? folder : ".", captured++);
  FILE *file = fopen(path, "wb");
  if (!file) {
    perror(path);
    abort();
  }
  VkPipelineInfoKHR info = {VK_STRUCTURE_TYPE_PIPELINE_INFO_KHR, NULL, pipeline};
  uint32_t count = 0;
  get_properties(device, &info, &count, NULL);
  VkPipelineExecutablePropertiesKHR *all = allocate(count, sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_PROPERTIES_KHR;
  get_properties(device, &info, &count, all);
  for (uint32_t i = 0; i < count; i++) {
    VkPipelineExecutableInfoKHR executable = {VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR, NULL, pipeline, i};
    fprintf(file, "subgroup %u\n", all[i].subgroupSize);
    write_statistics(file, device, &executable);
    write_representations(file, device, &executable);
  }
  free(all);
  fclose(file);
}

static VKAPI_ATTR VkResult VKAPI_CALL CreateComputePipelines(VkDevice device, VkPipelineCache cache, uint32_t count,
                                                             const VkComputePipelineCreateInfo *infos,
                                                             const VkAllocationCallbacks *allocator, VkPipeline *pipelines) {
  (void)cache; /* What comes from a cache has nothing to tell. */
  VkComputePipelineCreateInfo *asked = allocate(count, sizeof *asked);
  for (uint32_t i = 0; i < count; i++) {
    asked[i] = infos[i];
    asked[i].flags |= VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR |
                      VK_PIPELINE_CREATE_CAPTURE_INTERNAL_REPRESENTATIONS_BIT_KHR;
  }
  VkResult result = create_compute_pipelines(device, VK_NULL_HANDLE, count, asked, allocator, pipelines);
  free(asked);
  if (result != VK_SUCCESS) return result;
  pthread_mutex_lock(&capturing);
  for (uint32_t i = 0; i < count; i++) write_pipeline(device, pipelines[i]);
  pthread_mutex_unlock(&capturing);
  return result;
}

/* The link to the next layer, in the chain of what is to be created. */
static void *link_in(const void *chain, VkStructureType type) {
  VkLayerInstanceCreateInfo *link = (VkLayerInstanceCreateInfo *)chain;
  while (link && !(link->sType == type && link->function == VK_LAYER_LINK_INFO)) link = (void *)link->pNext;
  return link;
}

static VKAPI_ATTR VkResult VKAPI_CALL CreateInstance(const VkInstanceCreateInfo *info, const VkAllocationCallbacks *allocator,
                                                     VkInstance *created) {
  VkLayerInstanceCreateInfo *link = link_in(info->pNext, VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO);
  if (!link) return VK_ERROR_INITIALIZATION_FAILED;
  instance_proc = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  PFN_vkCreateInstance create = (PFN_vkCreateInstance)instance_proc(NULL, "vkCreateInstance");
  VkResult result = create(info, allocator, created);
  if (result == VK_SUCCESS) instance = *created;
  return result;
}

static int has(const VkDeviceCreateInfo *info, const char *extension) {
  for (uint32_t i = 0; i < info->enabledExtensionCount; i++)
    if (!strcmp(info->ppEnabledExtensionNames[i], extension)) return 1;
  return 0;
}

static VKAPI_ATTR VkResult VKAPI_CALL CreateDevice(VkPhysicalDevice physical, const VkDeviceCreateInfo *info,
                                                   const VkAllocationCallbacks *allocator, VkDevice *created) {
  VkLayerDeviceCreateInfo *link = link_in(info->pNext, VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO);
  if (!link) return VK_ERROR_INITIALIZATION_FAILED;
  PFN_vkGetInstanceProcAddr next = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  device_proc = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  PFN_vkCreateDevice create = (PFN_vkCreateDevice)next(instance, "vkCreateDevice");

  VkDeviceCreateInfo asked = *info;
  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR feature = {
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR, (void *)info->pNext, VK_TRUE};
  const char **names = allocate(info->enabledExtensionCount + 1, sizeof *names);
  if (info->enabledExtensionCount)
    memcpy(names, info->ppEnabledExtensionNames, info->enabledExtensionCount * sizeof *names);
  if (!has(info, VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME)) {
    names[asked.enabledExtensionCount++] = VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
    asked.ppEnabledExtensionNames = names;
    asked.pNext = &feature;
  }
  VkResult result = create(physical, &asked, allocator, created);
  free(names);
  if (result != VK_SUCCESS) return result;
  create_compute_pipelines = (PFN_vkCreateComputePipelines)device_proc(*created, "vkCreateComputePipelines");
  get_properties = (PFN_vkGetPipelineExecutablePropertiesKHR)device_proc(*created, "vkGetPipelineExecutablePropertiesKHR");
  get_statistics = (PFN_vkGetPipelineExecutableStatisticsKHR)device_proc(*created, "vkGetPipelineExecutableStatisticsKHR");
  get_representations = (PFN_vkGetPipelineExecutableInternalRepresentationsKHR)device_proc(
      *created, "vkGetPipelineExecutableInternalRepresentationsKHR");
  return result;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL GetDeviceProcAddr(VkDevice device, const char *name) {
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)GetDeviceProcAddr;
  if (!strcmp(name, "vkCreateComputePipelines")) return (PFN_vkVoidFunction)CreateComputePipelines;
  return device_proc(device, name);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL GetInstanceProcAddr(VkInstance of, const char *name) {
  if (!strcmp(name, "vkGetInstanceProcAddr")) return (PFN_vkVoidFunction)GetInstanceProcAddr;
  if (!strcmp(name, "vkCreateInstance")) return (PFN_vkVoidFunction)CreateInstance;
  if (!strcmp(name, "vkCreateDevice")) return (PFN_vkVoidFunction)CreateDevice;
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)GetDeviceProcAddr;
  if (!strcmp(name, "vkCreateComputePipelines")) return (PFN_vkVoidFunction)CreateComputePipelines;
  return instance_proc ? instance_proc(of, name) : NULL;
}

VKAPI_ATTR VkResult VKAPI_CALL vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface *version) {
  if (version->loaderLayerInterfaceVersion > 2) version->loaderLayerInterfaceVersion = 2;
  version->pfnGetInstanceProcAddr = GetInstanceProcAddr;
  version->pfnGetDeviceProcAddr = GetDeviceProcAddr;
  version->pfnGetPhysicalDeviceProcAddr = NULL;
  return VK_SUCCESS;
}
