#include "gui/app/application.h"

#include <QSignalSpy>
#include <QTimer>

#include <gtest/gtest.h>

#include <stdexcept>

namespace retort::gui {
namespace {

Application& application() {
  return *qobject_cast<Application*>(QCoreApplication::instance());
}

TEST(Exceptions, U03InASlotBecomeAMessage) {
  QSignalSpy caught(&application(), &Application::exceptionCaught);
  QObject context;

  QTimer::singleShot(0, &context, [] { throw std::runtime_error("out of <b>order</b>"); });

  ASSERT_TRUE(caught.wait());
  EXPECT_TRUE(caught.first().first().toString().contains("out of <b>order</b>"));
}

TEST(Exceptions, OfNoKnownKindDoToo) {
  QSignalSpy caught(&application(), &Application::exceptionCaught);
  QObject context;

  QTimer::singleShot(0, &context, [] { throw 42; });

  EXPECT_TRUE(caught.wait());
}

}  // namespace
}  // namespace retort::gui
