#include "core/base/hash.h"

#include "core/base/check.h"
#include "core/base/file.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace retort {

namespace {

Result<std::string> sha256OfFolder(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    std::error_code status_error;  // a dangling link is not a regular file
    if (entry->is_regular_file(status_error)) {
      names.push_back(entry->path().filename().string());
    }
  }
  if (error) {
    return fail(ErrorCode::kIo,
                fmt::format("cannot read the folder {}: {}", folder.string(), error.message()));
  }
  if (names.empty()) {
    return fail(ErrorCode::kNotFound, fmt::format("the folder {} holds no files", folder.string()));
  }
  std::sort(names.begin(), names.end());
  Sha256 hash;
  for (const std::string& name : names) {
    const Result<std::string> contents = sha256OfFile(folder / name);
    if (!contents) {
      return contents;
    }
    hash.update(name);
    hash.update(std::string_view("\0", 1));
    hash.update(*contents);
    hash.update("\n");
  }
  return hash.finishHex();
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  RETORT_CHECK(
      context_ != nullptr &&
          EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1,
      "OpenSSL has no SHA-256");
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_));
}

void Sha256::update(const void* data, std::size_t size) {
  RETORT_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data, size) == 1,
               "SHA-256 update failed");
}

std::string Sha256::finishHex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  RETORT_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), &size) == 1,
               "SHA-256 final failed");
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
  }
  return hex;
}

std::string sha256Hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finishHex();
}

Result<std::string> sha256OfFile(const std::filesystem::path& file) {
  const Result<FileDescriptor> descriptor = openRegularFile(file);
  if (!descriptor) {
    return failWith(descriptor.error());
  }
  Sha256 hash;
  std::vector<char> buffer(1U << 20U);
  while (true) {
    const Result<std::size_t> got = readSome(descriptor->get(), buffer.data(), buffer.size(), file);
    if (!got) {
      return failWith(got.error());
    }
    if (*got == 0) {
      return hash.finishHex();
    }
    hash.update(buffer.data(), *got);
  }
}

Result<std::string> sha256OfInput(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error) ? sha256OfFolder(path) : sha256OfFile(path);
}

}  // namespace retort
