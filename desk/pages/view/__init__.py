"""The look of pages: templates rendered, words and pictures in them."""
