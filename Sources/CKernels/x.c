int CKernels(void){return 0;}
