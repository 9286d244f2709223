int CLinux(void);
