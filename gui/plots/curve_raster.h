#pragma once

#include <QColor>
#include <QImage>
#include <QPointF>
#include <QRect>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace retort::gui {

/// Draws many curves into an image: what a painter does with lines, at a small part of the time for
/// long noisy ones. Pixels lie column by column, so that upright spans are stretches of memory.
/// Coordinates are pixels from the top left corner; what is outside is cut off. All edges are
/// smooth. One that is used again and again takes its memory only once, and goes only where there
/// was or is something.
class CurveRaster {
 public:
  /// Begins an empty picture of this size; `pixel_ratio` is for whoever draws the image.
  void begin(int width, int height, double pixel_ratio = 1);

  [[nodiscard]] int width() const { return width_; }

  [[nodiscard]] int height() const { return height_; }

  /// Fills a column from `top` to `bottom` at once, with a premultiplied colour.
  void fillSpan(int column, double top, double bottom, QRgb color);

  /// Adds a line with round ends to the stroke. Where the lines of a stroke overlap, or meet, they
  /// are painted once.
  void addLine(const QPointF& from, const QPointF& to, double width);

  /// Paints the stroke, over what is there, and begins another.
  void paintStroke(const QColor& color);

  /// What was painted, premultiplied; changes with the next picture.
  [[nodiscard]] const QImage& image();

  /// Around all that was painted; the rest of the image is transparent.
  [[nodiscard]] QRect paintedRect() const;

 private:
  /// None where the end is not behind the beginning.
  struct Rows {
    int begin = 0;
    int end = 0;

    void include(const Rows& other);
  };

  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  /// Zeros, which take their memory where they are written first.
  template <class T>
  using Zeros = std::unique_ptr<T[], Free>;

  template <class T>
  [[nodiscard]] static Zeros<T> zeros(std::size_t count);

  [[nodiscard]] std::size_t indexOf(int column, int row) const {
    return static_cast<std::size_t>(column) * static_cast<std::size_t>(height_) +
           static_cast<std::size_t>(row);
  }

  template <class T>
  void clear(T* places, int column, std::vector<Rows>& written);
  void copyBlock(int left, int right, int top, int bottom);

  int width_ = 0;
  int height_ = 0;
  double pixel_ratio_ = 1;
  QImage image_;
  Zeros<QRgb> pixels_;
  Zeros<std::uint8_t> stroke_;  ///< how much of each pixel it covers
  std::vector<Rows> touched_;   ///< the rows of each column that the stroke may cover
  std::vector<Rows> painted_;   ///< where `pixels_` may not be transparent
  std::vector<Rows> shown_;     ///< where `image_` may not be
};

}  // namespace retort::gui
