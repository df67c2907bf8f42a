"""The grey, anchor-free face detector with five landmarks: data, training, export and evaluation."""
