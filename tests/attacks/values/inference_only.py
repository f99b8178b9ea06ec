"""Tensors for inference can be read, and nothing else."""

import torch


@torch.inference_mode()
def softmax(t):
    return torch.softmax(t.clone(), dim=-1)
