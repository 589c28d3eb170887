#include "trainers/io/mapped_file.h"

#include "core/base/file.h"

#include <sys/mman.h>
#include <sys/stat.h>

namespace retort::train {

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& file) {
  const Result<FileDescriptor> descriptor = openRegularFile(file);
  struct stat status = {};
  if (!descriptor || ::fstat(descriptor->get(), &status) != 0 || status.st_size <= 0) {
    return nullptr;
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor->get(), 0);
  return data == MAP_FAILED ? nullptr : std::make_shared<const MappedFile>(data, size);
}

MappedFile::~MappedFile() {
  ::munmap(data_, size_);
}

}  // namespace retort::train
